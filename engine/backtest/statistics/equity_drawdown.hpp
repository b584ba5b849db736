#pragma once

#include <atomic>
#include <cstddef>
#include <span>

#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// The falls of an equity curve below its running maximum. Depths are fractions, 0.25 is a quarter
/// below the peak. An episode lies between two bars at the maximum that are more than one bar
/// apart; the last bar closes an open one.
struct EquityDrawdown {
  double peak = 0;     ///< of the equity
  double deepest = 0;  ///< of all bars, also outside of episodes
  std::size_t episodes = 0;
  double mean_depth = 0;  ///< of the episodes' deepest points; NaN without episodes
  time::Duration longest{};
  time::Duration mean_duration{};
};

/// Requires equal lengths. O(n). Looks at `cancel`, which may be null, on the way; once it is set
/// the answer means nothing.
[[nodiscard]] EquityDrawdown equity_drawdown(std::span<const time::Timestamp> time,
                                             std::span<const double> equity,
                                             const std::atomic<bool>* cancel = nullptr);

}  // namespace hts::backtest
