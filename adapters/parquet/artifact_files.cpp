#include "adapters/parquet/artifact_files.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/disk/disk_error.hpp"
#include "adapters/parquet/artifact_format.hpp"
#include "adapters/parquet/column_source.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/duckdb_error.hpp"
#include "adapters/parquet/pinned_file.hpp"
#include "engine/backtest/fingerprint.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

using backtest::BacktestRun;
using backtest::SignalTrade;
using backtest::SymbolResult;
using result::Status;
using result::success;
using time::Timestamp;
namespace fs = std::filesystem;

Status write_table(Connection& connection, const fs::path& folder, const char* name,
                   std::span<const Column> columns, const std::atomic<bool>* cancel) {
  if (auto written = write_parquet(connection, folder / name, columns, cancel); !written) {
    if (ports::is_cancelled(cancel)) return backtest::cancelled_run();
    return duckdb_file_error("Cannot write", folder / name, written.error().message);
  }
  return success();
}

/// Columns of `symbol_summary`, one row a symbol.
struct SummaryColumns {
  std::vector<std::string_view> symbol;
  std::unique_ptr<bool[]> is_active;
  std::vector<std::int64_t> candles, signals;
  std::vector<double> win_rate, avg_return_pct, max_drawdown_pct, avg_hold_bars;
};

Status write_summary_table(Connection& connection, const fs::path& folder, const BacktestRun& run,
                           const std::atomic<bool>* cancel) {
  SummaryColumns table;
  table.is_active = std::make_unique<bool[]>(run.symbols.size());
  for (const SymbolResult& symbol : run.symbols) {
    const auto& statistics = symbol.report.statistics;
    table.is_active[table.symbol.size()] = symbol.is_active;
    table.symbol.push_back(symbol.symbol.text());
    table.candles.push_back(static_cast<std::int64_t>(symbol.report.candles));
    table.signals.push_back(static_cast<std::int64_t>(statistics.signals));
    table.win_rate.push_back(statistics.win_rate);
    table.avg_return_pct.push_back(statistics.avg_return_pct);
    table.max_drawdown_pct.push_back(statistics.max_drawdown_pct);
    table.avg_hold_bars.push_back(statistics.avg_hold_bars);
  }
  const std::span<const bool> is_active{table.is_active.get(), run.symbols.size()};
  const std::array<Column, 8> columns = {{{"symbol", table.symbol},
                                          {"is_active", is_active},
                                          {"candles", table.candles},
                                          {"signals", table.signals},
                                          {"win_rate", table.win_rate},
                                          {"avg_return_pct", table.avg_return_pct},
                                          {"max_drawdown_pct", table.max_drawdown_pct},
                                          {"avg_hold_bars", table.avg_hold_bars}}};
  return write_table(connection, folder, summary_table, columns, cancel);
}

/// Columns of `symbol_signals`, one row a signal, symbols in the order of the run.
struct SignalColumns {
  std::vector<std::string_view> symbol, type;
  std::vector<std::int64_t> index, exit_index;
  std::vector<Timestamp> timestamp, exit_timestamp;
  std::vector<double> entry_price, exit_price, return_pct, confidence;

  void push_back(std::string_view symbol_text, const SignalTrade& trade) {
    symbol.push_back(symbol_text);
    type.emplace_back("buy");
    index.push_back(static_cast<std::int64_t>(trade.index));
    exit_index.push_back(static_cast<std::int64_t>(trade.exit_index));
    timestamp.push_back(trade.time);
    exit_timestamp.push_back(trade.exit_time);
    entry_price.push_back(trade.entry_price);
    exit_price.push_back(trade.exit_price);
    return_pct.push_back(trade.return_pct);
    confidence.push_back(trade.confidence);
  }
};

Status write_signals_table(Connection& connection, const fs::path& folder, const BacktestRun& run,
                           const std::atomic<bool>* cancel) {
  SignalColumns table;
  for (const SymbolResult& symbol : run.symbols) {
    for (const SignalTrade& trade : symbol.report.trades) {
      table.push_back(symbol.symbol.text(), trade);
    }
  }
  const std::array<Column, 10> columns = {{{"symbol", table.symbol},
                                           {"type", table.type},
                                           {"index", table.index},
                                           {"exit_index", table.exit_index},
                                           {"timestamp", table.timestamp},
                                           {"exit_timestamp", table.exit_timestamp},
                                           {"entry_price", table.entry_price},
                                           {"exit_price", table.exit_price},
                                           {"return_pct", table.return_pct},
                                           {"confidence", table.confidence}}};
  return write_table(connection, folder, signals_table, columns, cancel);
}

Status write_curve_table(Connection& connection, const fs::path& folder, const BacktestRun& run,
                         const std::atomic<bool>* cancel) {
  std::vector<std::string_view> symbols;
  std::vector<Timestamp> times;
  std::vector<double> equity;
  std::vector<double> drawdown;
  for (const SymbolResult& symbol : run.symbols) {
    for (const auto& point : backtest::performance_curve(symbol.report.trades)) {
      symbols.emplace_back(symbol.symbol.text());
      times.push_back(point.time);
      equity.push_back(point.equity);
      drawdown.push_back(point.drawdown);
    }
  }
  const std::array<Column, 4> columns = {
      {{"symbol", symbols}, {"timestamp", times}, {"equity", equity}, {"drawdown", drawdown}}};
  return write_table(connection, folder, curve_table, columns, cancel);
}

SignalTrade trade_in(const Chunk& chunk, std::size_t row) {
  const auto integer = [&](std::size_t column) { return chunk.column<std::int64_t>(column)[row]; };
  const auto number = [&](std::size_t column) { return chunk.column<double>(column)[row]; };
  SignalTrade trade;
  trade.index = static_cast<std::size_t>(integer(1));
  trade.exit_index = static_cast<std::size_t>(integer(2));
  trade.time = time::from_milliseconds(integer(3));
  trade.exit_time = time::from_milliseconds(integer(4));
  trade.entry_price = number(5);
  trade.exit_price = number(6);
  trade.return_pct = number(7);
  trade.confidence = number(8);
  return trade;
}

}  // namespace

Status write_tables(Connection& connection, const fs::path& folder, const BacktestRun& run,
                    const std::atomic<bool>* cancel) {
  for (const auto write : {write_summary_table, write_signals_table, write_curve_table}) {
    if (auto written = write(connection, folder, run, cancel); !written) return written;
  }
  return success();
}

Status append_signals(Connection& connection, const fs::path& folder, BacktestRun& run) {
  const fs::path path = folder / signals_table;
  auto file = PinnedFile::open(path);
  if (!file) return std::move(file).error();
  const auto unusable = [&](const result::Error& cause) {
    const result::Error named = disk::shown_as(cause, file->name(), path.filename());
    return unusable_signals(folder, reason_in(named.message));
  };
  auto rows = connection.query(
      "SELECT CAST(symbol AS VARCHAR), CAST(\"index\" AS BIGINT), CAST(exit_index AS BIGINT), "
      "CAST(\"timestamp\" AS BIGINT), CAST(exit_timestamp AS BIGINT), CAST(entry_price AS DOUBLE), "
      "CAST(exit_price AS DOUBLE), CAST(return_pct AS DOUBLE), CAST(confidence AS DOUBLE) "
      "FROM read_parquet(" +
      quote_sql(file->name()) + ")");
  if (!rows) return unusable(rows.error());

  constexpr std::size_t columns = 9;
  std::unordered_map<std::string, SymbolResult*> by_name;
  for (SymbolResult& symbol : run.symbols) by_name.emplace(symbol.symbol.text(), &symbol);
  while (true) {
    auto chunk = rows->next();
    if (!chunk) return unusable(chunk.error());
    if (!*chunk) break;
    for (std::size_t column = 0; column < columns; ++column) {
      if ((*chunk)->has_null(column)) return unusable_signals(folder, "a value is missing");
    }
    for (std::size_t row = 0; row < (*chunk)->size(); ++row) {
      const auto found = by_name.find((*chunk)->text(0, row));
      if (found == by_name.end())
        return unusable_signals(folder, "it has signals of another symbol");
      found->second->report.trades.push_back(trade_in(**chunk, row));
    }
  }
  return success();
}

}  // namespace hts::parquet
