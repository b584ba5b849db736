#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::report {

/// A simulation's curves with neighbouring bars put together, so that what is drawn or written does
/// not grow with the data.
struct ChartData {
  /// A symbol's candles of each bucket as one; NaN where it has none.
  struct Candles {
    std::size_t symbol = 0;  ///< place in the result's symbols
    std::vector<double> open;
    std::vector<double> high;
    std::vector<double> low;
    std::vector<double> close;
  };

  std::size_t bars = 0;
  std::size_t bars_a_bucket = 1;
  std::vector<time::Timestamp> time;  ///< of each bucket's first bar
  std::vector<double> equity;         ///< at each bucket's last bar
  std::vector<double> drawdown_pct;   ///< the deepest in each bucket, <= 0
  std::vector<Candles> symbols;
};

struct ChartLimits {
  std::size_t buckets = 20'000;  ///< at most
  std::size_t symbols = 20;      ///< the first ones
};

/// `candles[i]` are those of the result's symbol i. O(bars * symbols).
[[nodiscard]] ChartData chart_data(const backtest::PortfolioResult& result,
                                   std::span<const market::CandleView> candles,
                                   const ChartLimits& limits);

}  // namespace hts::report
