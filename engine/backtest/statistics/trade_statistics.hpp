#pragma once

#include <atomic>
#include <cstddef>
#include <span>

#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// The trades' part of the report. Returns are fractions. NaN where undefined: without trades,
/// without losers.
struct TradeStatistics {
  std::size_t trades = 0;
  double win_rate = 0;  ///< share with a profit above 0
  double best = 0;
  double worst = 0;
  double geometric_mean = 0;
  double mean = 0;
  double profit_factor = 0;  ///< of returns, not of profits
  double system_quality = 0;
  double kelly = 0;
  time::Duration longest{};
  time::Duration mean_duration{};
};

/// O(n). Looks at `cancel` (null: never) every few thousand trades; once it is set the answer means
/// nothing.
[[nodiscard]] TradeStatistics trade_statistics(std::span<const PortfolioTrade> trades,
                                               const std::atomic<bool>* cancel = nullptr);

/// Share of trades with a profit above 0; NaN without trades.
[[nodiscard]] double win_rate_of(std::span<const PortfolioTrade> trades);

/// Bars inside [entry, exit] of any trade, both included. O(n) without memory for trades in the
/// order of their exits, as a simulation gives them; else O(n log n).
[[nodiscard]] std::size_t exposed_bars(std::span<const PortfolioTrade> trades);

}  // namespace hts::backtest
