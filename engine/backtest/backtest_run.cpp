#include "engine/backtest/backtest_run.hpp"

namespace hts::backtest {

std::string_view name_of(Mode mode) noexcept {
  return mode == Mode::signals ? "signals" : "portfolio";
}

result::Result<Mode> parse_mode(std::string_view name) {
  for (const Mode mode : {Mode::signals, Mode::portfolio}) {
    if (name == name_of(mode)) return mode;
  }
  constexpr std::size_t longest_quote = 32;
  return result::make_error(result::ErrorCode::invalid,
                            "mode '" + std::string{name.substr(0, longest_quote)} +
                                "' is not available: use \"signals\" or \"portfolio\".",
                            "mode");
}

RunSummary summarize(const BacktestRun& run) {
  RunSummary summary;
  summary.run_id = run.run_id;
  summary.mode = run.mode;
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
  summary.fingerprint = run.fingerprint;
  return summary;
}

BacktestRun describe(const BacktestRequest& request) {
  BacktestRun run;
  run.mode = request.portfolio ? Mode::portfolio : Mode::signals;
  run.strategy = request.strategy;
  run.parameters = request.shown_parameters;
  run.start_date = request.start_date;
  run.end_date = request.end_date;
  run.timeframe = request.timeframe;
  run.description = request.description;
  run.symbols.reserve(request.symbols.size());
  return run;
}

}  // namespace hts::backtest
