#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/market/candle_series.hpp"

namespace hts::backtest {

/// How the candles after a moment are replaced by others that are as sound.
enum class FutureChange {
  scaled,       ///< prices ten times as high, a tenth of the volume
  reversed,     ///< the same candles in reverse order, at the old times
  random_walk,  ///< from the last close on, drawn from a seed
};

/// A copy of the candles of which those from `known` on are replaced. Times stay. Requires known <=
/// size. O(candles).
[[nodiscard]] market::CandleSeries with_changed_future(market::CandleView candles,
                                                       std::size_t known, FutureChange change,
                                                       std::uint64_t seed);

}  // namespace hts::backtest
