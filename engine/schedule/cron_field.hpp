#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::schedule {

/// What one of the five fields of a cron expression may hold.
struct CronFieldKind {
  std::string_view name;  ///< "minute"
  unsigned lowest = 0;
  unsigned highest = 0;
  /// Names of the values from `lowest` on, in lower case; none: numbers only.
  std::span<const std::string_view> value_names = {};
};

/// The values of one field as bits; a plain value.
struct CronField {
  std::uint64_t values = 0;
  /// Written with a star in front: it then narrows the other field of days (see CronExpression).
  bool is_star = false;

  [[nodiscard]] bool holds(unsigned value) const noexcept { return (values >> value & 1U) != 0; }
};

/// A list of `*`, `5`, `1-5`, `mon-fri`, `*/15`, `10-40/10`. Error: invalid, field `cron`; it names
/// the field and the position in the whole expression, counted from 1, where `offset` is that of
/// the field's first character counted from 0.
[[nodiscard]] result::Result<CronField> parse_cron_field(std::string_view text,
                                                         const CronFieldKind& kind,
                                                         std::size_t offset);

/// Shared by the parsers of this folder. `position` is counted from 1.
[[nodiscard]] result::Error cron_error(std::string_view field, std::size_t position,
                                       const std::string& what);

}  // namespace hts::schedule
