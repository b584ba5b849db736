#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

/// Time as the engine knows it: UTC, int64 nanoseconds inside, milliseconds in files and JSON.
/// Nothing here reads a clock; the runtime does.
namespace hts::time {

using Duration = std::chrono::nanoseconds;
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// Korea Standard Time is UTC+9 all year round.
inline constexpr Duration kst_offset = std::chrono::hours{9};

/// Half-open: `begin <= t < end`.
struct TimeRange {
  Timestamp begin = Timestamp::min();
  Timestamp end = Timestamp::max();

  [[nodiscard]] bool contains(Timestamp t) const noexcept { return begin <= t && t < end; }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

[[nodiscard]] constexpr Timestamp from_milliseconds(std::int64_t milliseconds) noexcept {
  return Timestamp{std::chrono::milliseconds{milliseconds}};
}
[[nodiscard]] constexpr std::int64_t to_milliseconds(Timestamp t) noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count();
}

/// Calendar year in UTC.
[[nodiscard]] int utc_year(Timestamp t) noexcept;
/// First instant of a UTC calendar year.
[[nodiscard]] Timestamp utc_year_begin(int year) noexcept;

/// `2020-02-20T11:19:00Z`; milliseconds are written only when they are not zero.
[[nodiscard]] std::string format_iso8601(Timestamp t);
/// `2020-02-20 11:19` in UTC, for tables.
[[nodiscard]] std::string format_minute(Timestamp t);
/// `2020-02-20`, the KST calendar day that holds t.
[[nodiscard]] std::string format_kst_date(Timestamp t);

/// Full ISO 8601: `YYYY-MM-DD(T| )HH:MM[:SS[.fraction]](Z|±HH:MM)`; without a zone the time is
/// taken as UTC when `zone_required` is false and refused otherwise. `YYYY-MM-DD` alone is midnight
/// UTC unless a zone is required. Error: malformed, with the text quoted. Years 1970 to 2200.
[[nodiscard]] result::Result<Timestamp> parse_iso8601(std::string_view text,
                                                      bool zone_required = false);

/// Start of the KST calendar day written `YYYY-MM-DD`.
[[nodiscard]] result::Result<Timestamp> parse_kst_date(std::string_view text);

/// The range that an API client means by `start_date` and `end_date`: `YYYY-MM-DD` are KST days,
/// both included; a full ISO 8601 time with offset is that instant (an end instant is included to
/// its millisecond). Errors: malformed or reversed dates, code invalid, field `start_date` or
/// `end_date`.
[[nodiscard]] result::Result<TimeRange> parse_date_range(std::string_view start_date,
                                                         std::string_view end_date);

}  // namespace hts::time
