#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/market/candle_series.hpp"
#include "engine/market/timeframe.hpp"

namespace hts::market {

/// What a made-up market looks like. The numbers are per candle.
struct SyntheticMarket {
  double start_price = 50'000'000;  ///< quote currency
  double volatility = 0.02;         ///< standard deviation of a candle's log return, fraction
  double tick = 1'000;              ///< prices are multiples of it, quote currency
  double mean_volume = 100;         ///< base currency; volume swells with the size of the move
};

/// A random walk: the same arguments give the same candles on every machine and compiler. For
/// trying things out when no real market data is at hand; it has no edge to find. O(count).
[[nodiscard]] CandleSeries make_synthetic_candles(const SyntheticMarket& market,
                                                  time::Timestamp begin, Timeframe timeframe,
                                                  std::size_t count, std::uint64_t seed);

}  // namespace hts::market
