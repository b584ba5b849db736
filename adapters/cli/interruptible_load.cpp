#include "adapters/cli/interruptible_load.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace hts::cli {

result::Result<market::CandleSeries> load_unless_interrupted(
    ports::CandleStore& store, const market::Symbol& symbol, market::Timeframe timeframe,
    time::TimeRange range, const CommandEnvironment& environment) {
  // Growing would copy hundreds of megabytes between two blocks. What stays untouched costs
  // nothing.
  constexpr double most_reserved = 1 << 24;
  const double candles = (static_cast<double>(range.end.time_since_epoch().count()) -
                          static_cast<double>(range.begin.time_since_epoch().count())) /
                         static_cast<double>(time::Duration{timeframe.length()}.count());
  market::CandleSeries series;
  series.reserve(static_cast<std::size_t>(std::clamp(candles, 0.0, most_reserved)));
  auto streamed =
      store.stream(symbol, timeframe, range, [&](market::CandleView block) -> result::Status {
        if (environment.interrupted && environment.interrupted()) {
          return result::make_error(result::ErrorCode::cancelled,
                                    "Reading the candles was cancelled; nothing was computed.");
        }
        series.append(block);
        return result::success();
      });
  if (!streamed) return std::move(streamed).error();
  return series;
}

}  // namespace hts::cli
