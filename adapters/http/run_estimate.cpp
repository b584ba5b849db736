#include "adapters/http/run_estimate.hpp"

#include <algorithm>

namespace hts::http {

std::chrono::duration<double> estimated_run_time(const backtest::BacktestRequest& request) {
  using Seconds = std::chrono::duration<double>;
  constexpr Seconds longest = std::chrono::years{10};
  // Subtracted as doubles: the bounds of an open range are too far apart for integers.
  const Seconds length = Seconds{request.range.end.time_since_epoch()} -
                         Seconds{request.range.begin.time_since_epoch()};
  const double candles =
      std::clamp(length, Seconds{0}, longest) / Seconds{request.timeframe.length()};
  const double speed = request.portfolio ? portfolio_candles_per_second : signal_candles_per_second;
  return Seconds{candles * static_cast<double>(request.symbols.size()) / speed};
}

bool prefers_async(const HttpRequest& request) noexcept {
  for (const HeaderField& field : request.headers) {
    if (!equal_ignoring_case(field.name, "Prefer")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view preference = rest.substr(0, std::min(comma, rest.find(';')));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      while (preference.starts_with(' ')) preference.remove_prefix(1);
      while (preference.ends_with(' ')) preference.remove_suffix(1);
      if (equal_ignoring_case(preference, "respond-async")) return true;
    }
  }
  return false;
}

}  // namespace hts::http
