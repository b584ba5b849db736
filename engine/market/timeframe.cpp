#include "engine/market/timeframe.hpp"

#include <string>

namespace hts::market {
namespace {

constexpr std::array<std::string_view, 10> names = {"1m",  "3m", "5m", "10m", "15m",
                                                    "30m", "1h", "4h", "1d",  "1w"};
constexpr std::array<int, 10> minutes = {1, 3, 5, 10, 15, 30, 60, 240, 1440, 10080};

constexpr const char* accepted = "use one of 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w.";

}  // namespace

const std::array<Timeframe, 10>& Timeframe::all() {
  static const std::array<Timeframe, 10> timeframes = [] {
    std::array<Timeframe, 10> list{minute(), minute(), minute(), minute(), minute(),
                                   minute(), minute(), minute(), minute(), minute()};
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i] = Timeframe{std::chrono::minutes{minutes[i]}};
    return list;
  }();
  return timeframes;
}

std::string_view Timeframe::name() const noexcept {
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    if (length_ == std::chrono::minutes{minutes[i]}) return names[i];
  }
  return "";  // unreachable: only the listed lengths are constructed
}

result::Result<Timeframe> Timeframe::parse(std::string_view text) {
  std::string lower{text.substr(0, 8)};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (lower == names[i]) return all()[i];
  }
  return result::make_error(
      result::ErrorCode::invalid,
      "'" + std::string{text.substr(0, 32)} + "' is not a timeframe: " + accepted, "timeframe");
}

result::Result<Timeframe> Timeframe::of(time::Duration length) {
  for (const Timeframe& timeframe : all()) {
    if (length == timeframe.length()) return timeframe;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
  return result::make_error(
      result::ErrorCode::invalid,
      "Candles " + std::to_string(seconds) + " seconds apart fit no timeframe: " + accepted,
      "timeframe");
}

}  // namespace hts::market
