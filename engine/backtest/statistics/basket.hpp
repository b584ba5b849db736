#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// What buying every symbol with the same cash at bar `base` and holding is worth at each bar, in
/// units of what it cost; bars before it have the same weights. A symbol keeps its last close while
/// it has no candle; one that starts after `base` is cash until its first close. For one symbol
/// these are its closes. `time` is the union of the symbols' times, ascending. O(bars * symbols).
/// Looks at `cancel`, which may be null, on the way; once it is set the answer means nothing.
[[nodiscard]] std::vector<double> basket_closes(std::span<const time::Timestamp> time,
                                                std::span<const market::CandleView> candles,
                                                std::size_t base,
                                                const std::atomic<bool>* cancel = nullptr);

}  // namespace hts::backtest
