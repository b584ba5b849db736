#pragma once

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
[[nodiscard]] std::vector<double> basket_closes(std::span<const time::Timestamp> time,
                                                std::span<const market::CandleView> candles,
                                                std::size_t base);

}  // namespace hts::backtest
