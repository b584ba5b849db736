#include "engine/market/synthetic_candles.hpp"

#include <algorithm>
#include <cmath>

namespace hts::market {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the standard library's distributions differ between
/// implementations.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  /// Uniform in [0, 1).
  double uniform() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
  }

  /// Standard normal to within the tails of twelve uniforms; adding is exact enough to be the same
  /// everywhere.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

CandleSeries make_synthetic_candles(const SyntheticMarket& market, time::Timestamp begin,
                                    Timeframe timeframe, std::size_t count, std::uint64_t seed) {
  SplitMix random{seed};
  const auto on_tick = [&](double price) {
    return std::max(std::round(price / market.tick), 1.0) * market.tick;
  };
  CandleSeries series;
  series.reserve(count);
  double price = on_tick(market.start_price);
  for (std::size_t i = 0; i < count; ++i) {
    const double move = market.volatility * random.normal();
    const double reach = market.volatility * 0.5;
    Candle candle;
    candle.open_time = begin + timeframe.length() * static_cast<std::int64_t>(i);
    candle.open = price;
    candle.close = on_tick(price * (1 + std::clamp(move, -0.5, 0.5)));
    candle.high = on_tick(std::max(candle.open, candle.close) * (1 + reach * random.uniform()));
    candle.low = on_tick(std::min(candle.open, candle.close) * (1 - reach * random.uniform()));
    const double swell = 0.5 + random.uniform() + std::abs(move) / market.volatility;
    candle.volume = std::round(market.mean_volume * swell * 1e8) / 1e8;
    series.push_back(candle);
    // Drawn back towards the start, so that a long series stays a price.
    price = on_tick(candle.close + (market.start_price - candle.close) * 1e-4);
  }
  return series;
}

}  // namespace hts::market
