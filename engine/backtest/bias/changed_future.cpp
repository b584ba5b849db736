#include "engine/backtest/bias/changed_future.hpp"

#include <algorithm>

#include "engine/backtest/sweep/mixed_bits.hpp"

namespace hts::backtest {
namespace {

void scale(market::CandleSeries& candles, std::size_t known) {
  for (std::size_t i = known; i < candles.size(); ++i) {
    candles.open[i] *= 10;
    candles.high[i] *= 10;
    candles.low[i] *= 10;
    candles.close[i] *= 10;
    candles.volume[i] /= 10;
  }
}

void reverse(market::CandleSeries& candles, std::size_t known) {
  const auto begin = static_cast<std::ptrdiff_t>(known);
  for (auto* column :
       {&candles.open, &candles.high, &candles.low, &candles.close, &candles.volume}) {
    std::reverse(column->begin() + begin, column->end());
  }
}

void walk(market::CandleSeries& candles, std::size_t known, std::uint64_t seed) {
  std::uint64_t draws = 0;
  const auto uniform = [&] {
    return static_cast<double>(mixed_bits(seed + draws++) >> 11U) * 0x1.0p-53;
  };
  double price = known > 0 ? candles.close[known - 1] : candles.open.front();
  const double start = price;
  for (std::size_t i = known; i < candles.size(); ++i) {
    const double open = price;
    const double close =
        std::clamp(open * (1 + 0.06 * (uniform() - 0.5)), start / 100, start * 100);
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = std::max(open, close) * (1 + 0.01 * uniform());
    candles.low[i] = std::min(open, close) * (1 - 0.01 * uniform());
    candles.volume[i] *= 2 * uniform();
    price = close;
  }
}

}  // namespace

market::CandleSeries with_changed_future(market::CandleView candles, std::size_t known,
                                         FutureChange change, std::uint64_t seed) {
  market::CandleSeries changed;
  changed.append(candles);
  if (known >= changed.size()) return changed;
  switch (change) {
    case FutureChange::scaled:
      scale(changed, known);
      break;
    case FutureChange::reversed:
      reverse(changed, known);
      break;
    case FutureChange::random_walk:
      walk(changed, known, mixed_bits(seed));
      break;
  }
  return changed;
}

}  // namespace hts::backtest
