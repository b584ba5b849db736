#include "engine/backtest/statistics/basket.hpp"

#include <algorithm>

namespace hts::backtest {
namespace {

constexpr std::size_t bars_a_piece = 1U << 16U;

/// Close at the bar that opens at `when`, or before it; the first close when there is none.
double close_at(const market::CandleView& candles, time::Timestamp when) {
  const auto after = std::upper_bound(candles.open_time.begin(), candles.open_time.end(), when);
  const auto count = static_cast<std::size_t>(after - candles.open_time.begin());
  return candles.close[count > 0 ? count - 1 : 0];
}

}  // namespace

std::vector<double> basket_closes(std::span<const time::Timestamp> time,
                                  std::span<const market::CandleView> candles, std::size_t base,
                                  const std::atomic<bool>* cancel) {
  if (candles.size() == 1 && candles[0].size() == time.size()) {
    std::vector<double> closes;
    closes.reserve(time.size());
    for (std::size_t done = 0; done < time.size(); done += bars_a_piece) {
      if (cancel != nullptr && *cancel) break;
      const auto piece = candles[0].close.subspan(done, std::min(bars_a_piece, time.size() - done));
      closes.insert(closes.end(), piece.begin(), piece.end());
    }
    return closes;
  }
  std::vector<double> worth(time.size(), 0.0);
  if (time.empty() || candles.empty()) return worth;
  const time::Timestamp bought = time[std::min(base, time.size() - 1)];
  const double share = 1 / static_cast<double>(candles.size());
  for (const market::CandleView& symbol : candles) {
    if (symbol.empty()) {
      for (double& value : worth) value += share;
      continue;
    }
    const double units = share / close_at(symbol, bought);
    double price = symbol.close[0];
    std::size_t next = 0;
    for (std::size_t bar = 0; bar < time.size(); ++bar) {
      if (bar % bars_a_piece == 0 && cancel != nullptr && *cancel) return worth;
      if (next < symbol.size() && symbol.open_time[next] == time[bar]) price = symbol.close[next++];
      worth[bar] += units * price;
    }
  }
  return worth;
}

}  // namespace hts::backtest
