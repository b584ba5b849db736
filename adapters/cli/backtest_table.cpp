#include "adapters/cli/backtest_table.hpp"

#include <ostream>

#include "adapters/cli/text_table.hpp"

namespace hts::cli {

std::string table_title(std::string_view strategy, std::string_view timeframe,
                        std::string_view start_date, std::string_view end_date) {
  return std::string{strategy} + ", " + std::string{timeframe} + " candles, " +
         std::string{start_date} + " to " + std::string{end_date};
}

void print(const BacktestTable& table, std::ostream& out) {
  out << table.title << "\n";
  if (!table.parameters.empty()) out << table.parameters << "\n";
  out << "\n";
  TextTable text({"symbol", "signals", "win rate", "avg return", "max drawdown", "avg hold"});
  for (const BacktestTable::Row& row : table.rows) {
    const bool traded = row.signals > 0;
    text.add({row.symbol, grouped(row.signals), traded ? fixed(row.win_rate * 100, 1) + " %" : "-",
              traded ? fixed(row.avg_return, 3) + " %" : "-",
              traded ? fixed(row.max_drawdown, 2) + " %" : "-",
              traded ? fixed(row.avg_hold_bars, 1) + " bars" : "-"});
  }
  text.print(out);
  out << "\n"
      << grouped(table.total_signals) << " signals in " << fixed(table.execution_seconds * 1000, 1)
      << " ms";
  if (!table.run_id.empty()) out << ", stored as " << table.run_id;
  out << "\n";
}

}  // namespace hts::cli
