#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"
#include "engine/schedule/cron_field.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::schedule {

/// When something is due, as cron's users write it: `minute hour day-of-month month day-of-week`,
/// or `@hourly`, `@daily` (`@midnight`), `@weekly`, `@monthly`, `@yearly` (`@annually`).
///
/// 1. Days of the week are 0 to 7 or names; 0 and 7 are Sunday. Months are 1 to 12 or names.
/// 2. The days follow Vixie cron: when both fields of days are restricted, a day that either of
///    them names is one; a field that begins with a star narrows the other one instead.
/// 3. An expression that no day of any year meets (30 February) is refused.
/// 4. Zones are fixed offsets, so a local minute comes exactly once.
///
/// A value; any thread may read.
class CronExpression {
 public:
  /// Error: invalid, field `cron`; it names the field and the position.
  [[nodiscard]] static result::Result<CronExpression> parse(std::string_view text);

  /// The first minute after `t` that it names in a zone that adds `zone` (whole minutes) to UTC;
  /// none when time ends before. Steps over whole months and days: less than 366 steps a year.
  [[nodiscard]] std::optional<time::Timestamp> next_after(time::Timestamp t,
                                                          time::Duration zone) const;

  /// As it was written, with one blank between fields.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  [[nodiscard]] bool has_day(std::chrono::year_month_day day) const;
  [[nodiscard]] bool ever_comes() const;

  CronField minutes_;
  CronField hours_;
  CronField days_;
  CronField months_;
  CronField weekdays_;
  std::string text_;
};

}  // namespace hts::schedule
