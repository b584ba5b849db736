#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/backtest/signal_report.hpp"

namespace hts::backtest {

/// Statistics of signal trades, one trade at a time in signal order. The running sum of returns and
/// its drawdown are in percent points; the running maximum starts with the first trade's sum, so a
/// first loss alone is no drawdown.
class SignalTally {
 public:
  void add(const SignalTrade& trade) noexcept {
    return_sum_pct_ += trade.return_pct;
    highest_sum_pct_ = trades_ == 0 ? return_sum_pct_ : std::max(highest_sum_pct_, return_sum_pct_);
    max_drawdown_pct_ = std::max(max_drawdown_pct_, drawdown_pct());
    bars_held_ += trade.exit_index - trade.index;
    if (trade.return_pct > 0) ++wins_;
    ++trades_;
  }

  [[nodiscard]] double return_sum_pct() const noexcept { return return_sum_pct_; }
  [[nodiscard]] double drawdown_pct() const noexcept { return highest_sum_pct_ - return_sum_pct_; }

  /// All zero when nothing was added.
  [[nodiscard]] SignalStatistics statistics() const noexcept {
    if (trades_ == 0) return {};
    const auto count = static_cast<double>(trades_);
    return {trades_, static_cast<double>(wins_) / count, return_sum_pct_ / count, max_drawdown_pct_,
            static_cast<double>(bars_held_) / count};
  }

 private:
  std::size_t trades_ = 0;
  std::size_t wins_ = 0;
  std::size_t bars_held_ = 0;
  double return_sum_pct_ = 0;
  double highest_sum_pct_ = 0;
  double max_drawdown_pct_ = 0;
};

}  // namespace hts::backtest
