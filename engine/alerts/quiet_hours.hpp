#pragma once

#include <string_view>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::alerts {

/// Time of each day in which only critical alerts go out. A value; any thread may read.
class QuietHours {
 public:
  /// `22:00-07:00` in the zone, over midnight or not; `-`: none. Error: invalid, field
  /// `notify.quiet_hours`.
  [[nodiscard]] static result::Result<QuietHours> parse(std::string_view text, time::Duration zone);
  /// None.
  QuietHours() = default;

  /// When the quiet hours that hold `at` are over; `at` itself when it is in none.
  [[nodiscard]] time::Timestamp end_of(time::Timestamp at) const noexcept;

 private:
  time::Duration begin_{};  ///< since midnight in the zone, as is end_; equal: none
  time::Duration end_{};
  time::Duration zone_{};
};

/// What a zone adds to UTC: `UTC` or `KST`. Error: invalid, field `notify.time_zone`.
[[nodiscard]] result::Result<time::Duration> parse_zone(std::string_view text);

}  // namespace hts::alerts
