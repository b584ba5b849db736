#include "adapters/http/signals_csv.hpp"

#include "engine/json/json_writer.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {

std::string signals_to_csv(const backtest::BacktestRun& run) {
  constexpr double percent = 100.0;
  std::string csv =
      "symbol,type,timestamp,entry_price,exit_timestamp,exit_price,return_pct,confidence\n";
  for (const backtest::SymbolResult& symbol : run.symbols) {
    for (const backtest::SignalTrade& trade : symbol.report.trades) {
      csv += symbol.symbol.text();
      csv += ",buy,";
      csv += time::format_iso8601(trade.time);
      csv += ',';
      json::append_number(csv, trade.entry_price);
      csv += ',';
      csv += time::format_iso8601(trade.exit_time);
      csv += ',';
      json::append_number(csv, trade.exit_price);
      csv += ',';
      json::append_number(csv, trade.return_pct / percent);
      csv += ',';
      json::append_number(csv, trade.confidence);
      csv += '\n';
    }
  }
  return csv;
}

}  // namespace hts::http
