#include "engine/alerts/quiet_hours.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hts::alerts {
namespace {

using result::Result;

/// `07:30` since midnight.
std::optional<time::Duration> parse_clock(std::string_view text) {
  const auto digit = [&](std::size_t i) {
    return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (digit(i) < 0) return std::nullopt;
  }
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::hours{hours} + std::chrono::minutes{minutes};
}

}  // namespace

Result<QuietHours> QuietHours::parse(std::string_view text, time::Duration zone) {
  QuietHours quiet;
  quiet.zone_ = zone;
  if (text == "-") return quiet;
  const auto dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto begin = parse_clock(text.substr(0, dash));
    const auto end = parse_clock(text.substr(dash + 1));
    if (begin && end && *begin != *end) {
      quiet.begin_ = *begin;
      quiet.end_ = *end;
      return quiet;
    }
  }
  return result::make_error(result::ErrorCode::invalid,
                            "notify.quiet_hours is '" + std::string{text} +
                                "': give a beginning and another end, like 22:00-07:00, or -.",
                            "notify.quiet_hours");
}

time::Timestamp QuietHours::end_of(time::Timestamp at) const noexcept {
  if (begin_ == end_) return at;
  constexpr time::Duration day = std::chrono::days{1};
  const auto midnight = std::chrono::floor<std::chrono::days>(at + zone_);
  const time::Duration clock = at + zone_ - midnight;
  const auto end_today = time::Timestamp{midnight} - zone_ + end_;
  if (begin_ < end_) return clock >= begin_ && clock < end_ ? end_today : at;
  if (clock < end_) return end_today;
  return clock >= begin_ ? end_today + day : at;
}

Result<time::Duration> parse_zone(std::string_view text) {
  if (text == "UTC") return time::Duration::zero();
  if (text == "KST") return time::kst_offset;
  return result::make_error(result::ErrorCode::invalid,
                            "notify.time_zone is '" + std::string{text} + "': give UTC or KST.",
                            "notify.time_zone");
}

}  // namespace hts::alerts
