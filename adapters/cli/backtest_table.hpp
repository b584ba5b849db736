#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace hts::cli {

/// What the table of a backtest shows, wherever the run came from.
struct BacktestTable {
  struct Row {
    std::string symbol;
    std::uint64_t signals = 0;
    double win_rate = 0;      ///< 0..1
    double avg_return = 0;    ///< percent
    double max_drawdown = 0;  ///< percent, positive
    double avg_hold_bars = 0;
  };
  std::string title;  ///< as `table_title` makes it
  std::string parameters;
  std::vector<Row> rows;
  std::uint64_t total_signals = 0;
  double execution_seconds = 0;
  std::string run_id;  ///< empty when the run is not stored
};

/// "volume_zone_breakout, 1d candles, 2024-01-01 to 2024-12-31".
[[nodiscard]] std::string table_title(std::string_view strategy, std::string_view timeframe,
                                      std::string_view start_date, std::string_view end_date);

void print(const BacktestTable& table, std::ostream& out);

}  // namespace hts::cli
