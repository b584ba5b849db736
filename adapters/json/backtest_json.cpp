#include "adapters/json/backtest_json.hpp"

#include <cstddef>

#include "adapters/json/parameters_json.hpp"

namespace hts::json {
namespace {

/// Run and summary share the fields around their symbols.
template <class Run>
void write_head(Writer& writer, const Run& run) {
  writer.member("version", answer_version);
  writer.member("run_id", run.run_id);
  writer.member("strategy", run.strategy);
  writer.key("params");
  write_parameters(writer, run.parameters);
  writer.member("start_date", run.start_date);
  writer.member("end_date", run.end_date);
  writer.member("timeframe", run.timeframe.name());
  writer.member("mode", backtest::name_of(run.mode));
}

template <class Run>
void write_tail(Writer& writer, const Run& run) {
  writer.member("total_signals", run.total_signals);
  if (!run.fingerprint.empty()) writer.member("fingerprint", run.fingerprint);
  writer.member("execution_time", run.execution_seconds);
  writer.member("description", run.description);
  writer.key("metadata");
  writer.begin_object();
  writer.member("execution_date", time::format_iso8601(run.executed_at));
  writer.member("environment", run.environment);
  writer.member("execution_host", run.execution_host);
  writer.end_object();
}

void write_statistics(Writer& writer, const backtest::SignalStatistics& statistics) {
  writer.member("win_rate", statistics.win_rate);
  writer.member("avg_return", statistics.avg_return_pct);
  writer.member("max_drawdown", statistics.max_drawdown_pct);
  writer.member("avg_hold_bars", statistics.avg_hold_bars);
}

void write_trade(Writer& writer, const std::string& symbol, const backtest::SignalTrade& trade) {
  constexpr double percent = 100.0;
  writer.begin_object();
  writer.member("symbol", symbol);
  writer.member("type", "buy");
  writer.member("timestamp", time::format_iso8601(trade.time));
  writer.member("entry_price", trade.entry_price);
  writer.member("exit_price", trade.exit_price);
  writer.member("return_pct", trade.return_pct / percent);
  writer.member("index", trade.index);
  writer.member("exit_index", trade.exit_index);
  writer.member("exit_timestamp", time::format_iso8601(trade.exit_time));
  writer.member("confidence", trade.confidence);
  writer.end_object();
}

/// A symbol of an account: its trades stand in the account's list.
void write_traded_symbol(Writer& writer, const backtest::SymbolResult& result) {
  writer.begin_object();
  writer.member("symbol", result.symbol.text());
  writer.member("is_active", result.is_active);
  writer.member("trades", result.report.statistics.signals);
  write_statistics(writer, result.report.statistics);
  writer.member("candles", result.report.candles);
  writer.end_object();
}

void write_symbol(Writer& writer, const backtest::SymbolResult& result) {
  writer.begin_object();
  writer.member("symbol", result.symbol.text());
  writer.member("is_active", result.is_active);
  writer.key("signals");
  writer.begin_array();
  for (const auto& trade : result.report.trades) write_trade(writer, result.symbol.text(), trade);
  writer.end_array();
  write_statistics(writer, result.report.statistics);
  writer.member("candles", result.report.candles);
  writer.key("performance_curve");
  writer.begin_array();
  for (const auto& point : backtest::performance_curve(result.report.trades)) {
    writer.begin_object();
    writer.member("timestamp", time::format_iso8601(point.time));
    writer.member("equity", point.equity);
    writer.member("drawdown", point.drawdown);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

}  // namespace

void write_backtest(Writer& writer, const backtest::BacktestRun& run) {
  writer.begin_object();
  write_head(writer, run);
  writer.key("symbols");
  writer.begin_array();
  for (const auto& symbol : run.symbols) {
    if (run.mode == backtest::Mode::portfolio) {
      write_traded_symbol(writer, symbol);
    } else {
      write_symbol(writer, symbol);
    }
  }
  writer.end_array();
  writer.members_of(run.document);
  write_tail(writer, run);
  if (run.cached) writer.member("cached", true);
  writer.end_object();
}

std::string backtest_to_text(const backtest::BacktestRun& run, Layout layout) {
  constexpr std::size_t bytes_a_symbol = 512;
  constexpr std::size_t bytes_a_signal = 384;  // with its point of the curve
  std::size_t expected = bytes_a_symbol;
  for (const auto& symbol : run.symbols) {
    expected += bytes_a_symbol + bytes_a_signal * symbol.report.trades.size();
  }
  std::string text;
  text.reserve(expected);
  Writer writer{text, layout};
  write_backtest(writer, run);
  return text;
}

void write_summary(Writer& writer, const backtest::RunSummary& summary) {
  writer.begin_object();
  write_head(writer, summary);
  writer.key("symbols");
  writer.begin_array();
  for (const auto& row : summary.symbols) {
    writer.begin_object();
    writer.member("symbol", row.symbol.text());
    writer.member("is_active", row.is_active);
    writer.member("signal_count", row.statistics.signals);
    write_statistics(writer, row.statistics);
    writer.member("candles", row.candles);
    writer.end_object();
  }
  writer.end_array();
  write_tail(writer, summary);
  writer.end_object();
}

std::string summary_to_text(const backtest::RunSummary& summary, Layout layout) {
  std::string text;
  Writer writer{text, layout};
  write_summary(writer, summary);
  return text;
}

}  // namespace hts::json
