#include "engine/backtest/signal_report.hpp"

#include "engine/backtest/signal_tally.hpp"

namespace hts::backtest {

SignalStatistics summarize(const std::vector<SignalTrade>& trades) {
  SignalTally tally;
  for (const auto& trade : trades) tally.add(trade);
  return tally.statistics();
}

std::vector<PerformancePoint> performance_curve(const std::vector<SignalTrade>& trades) {
  std::vector<PerformancePoint> curve;
  curve.reserve(trades.size());
  SignalTally tally;
  for (const auto& trade : trades) {
    tally.add(trade);
    curve.push_back(
        {trade.exit_time, 1 + tally.return_sum_pct() / 100, tally.drawdown_pct() / 100});
  }
  return curve;
}

}  // namespace hts::backtest
