#include "engine/backtest/backtest_run.hpp"

namespace hts::backtest {

RunSummary summarize(const BacktestRun& run) {
  RunSummary summary;
  summary.run_id = run.run_id;
  summary.strategy = run.strategy;
  summary.parameters = run.parameters;
  summary.start_date = run.start_date;
  summary.end_date = run.end_date;
  summary.timeframe = run.timeframe;
  summary.symbols.reserve(run.symbols.size());
  for (const auto& result : run.symbols) {
    summary.symbols.push_back(
        {result.symbol, result.is_active, result.report.candles, result.report.statistics});
  }
  summary.total_signals = run.total_signals;
  summary.execution_seconds = run.execution_seconds;
  summary.description = run.description;
  summary.executed_at = run.executed_at;
  summary.environment = run.environment;
  summary.execution_host = run.execution_host;
  return summary;
}

}  // namespace hts::backtest
