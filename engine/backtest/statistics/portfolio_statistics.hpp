#pragma once

#include <atomic>
#include <cstddef>
#include <span>

#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// The report of a portfolio simulation by the conventions of backtesting.py (the shared contract's
/// table of statistics). Names are those of its JSON. `_pct` are percents, `_seconds` seconds,
/// amounts in the quote currency. What is undefined (a ratio without trades) is NaN, in JSON null.
struct PortfolioStatistics {
  time::Timestamp start{};
  time::Timestamp end{};
  double duration_seconds = 0;
  double exposure_time_pct = 0;
  double equity_final = 0;
  double equity_peak = 0;
  double commissions = 0;
  double return_pct = 0;
  double buy_and_hold_return_pct = 0;
  double return_ann_pct = 0;
  double volatility_ann_pct = 0;
  double cagr_pct = 0;
  double sharpe_ratio = 0;
  double sortino_ratio = 0;
  double calmar_ratio = 0;
  double alpha_pct = 0;
  double beta = 0;
  double max_drawdown_pct = 0;  ///< negative
  double avg_drawdown_pct = 0;  ///< negative
  double max_drawdown_duration_seconds = 0;
  double avg_drawdown_duration_seconds = 0;
  std::size_t trades = 0;
  double win_rate_pct = 0;
  double best_trade_pct = 0;
  double worst_trade_pct = 0;
  double avg_trade_pct = 0;
  double max_trade_duration_seconds = 0;
  double avg_trade_duration_seconds = 0;
  double profit_factor = 0;
  double expectancy_pct = 0;
  double sqn = 0;
  double kelly_criterion = 0;

  friend bool operator==(const PortfolioStatistics&, const PortfolioStatistics&) = default;
};

/// What the statistics are computed from. Does not own.
struct StatisticsInput {
  std::span<const time::Timestamp> time;  ///< of each bar, ascending
  std::span<const double> equity;         ///< at the close of each bar
  std::span<const PortfolioTrade> trades;
  /// Close of each bar of the asset, or of the equal-weighted basket of several symbols
  /// (see `basket_closes`): what buy and hold, alpha and beta compare with.
  std::span<const double> closes;
  std::size_t warm_up_bars = 0;  ///< buy and hold starts here
  double initial_cash = 0;
  double risk_free_rate = 0;  ///< a year, fraction
  double commissions = 0;
  /// Looked at on the way, may be null; once it is set the answer means nothing.
  const std::atomic<bool>* cancel = nullptr;
};

/// Every statistic. O(bars + trades).
[[nodiscard]] PortfolioStatistics compute_statistics(const StatisticsInput& input);

/// The few that a sweep ranks by, several times cheaper; equal to those of `compute_statistics`.
struct SweepStatistics {
  double equity_final = 0;
  double return_pct = 0;
  double sharpe_ratio = 0;
  double max_drawdown_pct = 0;  ///< negative
  std::size_t trades = 0;
  double win_rate_pct = 0;

  friend bool operator==(const SweepStatistics&, const SweepStatistics&) = default;
};
[[nodiscard]] SweepStatistics compute_sweep_statistics(const StatisticsInput& input);

}  // namespace hts::backtest
