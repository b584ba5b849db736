#include "adapters/simulation/plain_formats.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "adapters/disk/disk_error.hpp"
#include "adapters/simulation/plain_file.hpp"
#include "engine/backtest/fingerprint.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::simulation {
namespace {

using backtest::BacktestRun;
using backtest::SignalTrade;
using backtest::SymbolResult;
using market::CandleSeries;
using result::Result;
using result::Status;
using result::success;
using time::Timestamp;
namespace fs = std::filesystem;

result::Error unsound(const fs::path& path) {
  return disk::file_error("Cannot read", path, std::string_view{"its content makes no sense"},
                          "It is damaged: move it away and make it again.");
}

Result<CandleSeries> read_candles(disk::Disk& disk, const fs::path& path) {
  auto reader = PlainReader::open(disk, path);
  if (!reader) return std::move(reader).error();
  CandleSeries candles;
  candles.open_time = reader->values<Timestamp>();
  for (auto* column :
       {&candles.open, &candles.high, &candles.low, &candles.close, &candles.volume}) {
    *column = reader->values<double>();
    if (column->size() != candles.open_time.size()) return unsound(path);
  }
  if (!reader->is_sound()) return unsound(path);
  return candles;
}

Status write_summary(disk::Disk& disk, const fs::path& path, const BacktestRun& run) {
  PlainWriter writer{disk, path};
  for (const SymbolResult& symbol : run.symbols) {
    const auto& statistics = symbol.report.statistics;
    writer.put(std::string_view{symbol.symbol.text()});
    writer.put(std::uint64_t{symbol.is_active ? 1U : 0U});
    const std::array<double, 4> numbers = {statistics.win_rate, statistics.avg_return_pct,
                                           statistics.max_drawdown_pct, statistics.avg_hold_bars};
    writer.put(std::span<const double>{numbers});
  }
  return writer.finish();
}

/// Written member by member: the gaps between members are nobody's.
struct TradeColumns {
  std::vector<std::uint64_t> index, exit_index;
  std::vector<Timestamp> time, exit_time;
  std::vector<double> entry_price, exit_price, return_pct, confidence;

  void push_back(const SignalTrade& trade) {
    index.push_back(trade.index);
    exit_index.push_back(trade.exit_index);
    time.push_back(trade.time);
    exit_time.push_back(trade.exit_time);
    entry_price.push_back(trade.entry_price);
    exit_price.push_back(trade.exit_price);
    return_pct.push_back(trade.return_pct);
    confidence.push_back(trade.confidence);
  }
  void put_into(PlainWriter& writer) const {
    for (const auto* column : {&index, &exit_index}) writer.put(std::span{*column});
    for (const auto* column : {&time, &exit_time}) writer.put(std::span{*column});
    for (const auto* column : {&entry_price, &exit_price, &return_pct, &confidence}) {
      writer.put(std::span{*column});
    }
  }
  [[nodiscard]] bool take_from(PlainReader& reader) {
    bool is_even = true;
    for (auto* column : {&index, &exit_index}) {
      *column = reader.values<std::uint64_t>();
      is_even = is_even && column->size() == index.size();
    }
    for (auto* column : {&time, &exit_time}) {
      *column = reader.values<Timestamp>();
      is_even = is_even && column->size() == index.size();
    }
    for (auto* column : {&entry_price, &exit_price, &return_pct, &confidence}) {
      *column = reader.values<double>();
      is_even = is_even && column->size() == index.size();
    }
    return is_even && reader.is_sound();
  }
  [[nodiscard]] SignalTrade operator[](std::size_t row) const {
    SignalTrade trade;
    trade.index = static_cast<std::size_t>(index[row]);
    trade.exit_index = static_cast<std::size_t>(exit_index[row]);
    trade.time = time[row];
    trade.exit_time = exit_time[row];
    trade.entry_price = entry_price[row];
    trade.exit_price = exit_price[row];
    trade.return_pct = return_pct[row];
    trade.confidence = confidence[row];
    return trade;
  }
};

Status write_signals(disk::Disk& disk, const fs::path& path, const BacktestRun& run) {
  PlainWriter writer{disk, path};
  writer.put(std::uint64_t{run.symbols.size()});
  for (const SymbolResult& symbol : run.symbols) {
    TradeColumns columns;
    for (const SignalTrade& trade : symbol.report.trades) columns.push_back(trade);
    writer.put(std::string_view{symbol.symbol.text()});
    columns.put_into(writer);
  }
  return writer.finish();
}

Status write_curve(disk::Disk& disk, const fs::path& path, const BacktestRun& run) {
  PlainWriter writer{disk, path};
  for (const SymbolResult& symbol : run.symbols) {
    std::vector<double> equity;
    for (const auto& point : backtest::performance_curve(symbol.report.trades)) {
      equity.push_back(point.equity);
    }
    writer.put(std::string_view{symbol.symbol.text()});
    writer.put(std::span<const double>{equity});
  }
  return writer.finish();
}

}  // namespace

PlainCandleFormat::PlainCandleFormat(std::shared_ptr<disk::Disk> disk) : disk_(std::move(disk)) {}

Status PlainCandleFormat::append(const fs::path& path, time::TimeRange range, CandleSeries& candles,
                                 const std::atomic<bool>* cancel) {
  auto stored = read_candles(*disk_, path);
  if (!stored) return std::move(stored).error();
  if (ports::is_cancelled(cancel)) return ports::cancelled_load();
  for (std::size_t i = 0; i < stored->size(); ++i) {
    if (range.contains(stored->open_time[i])) candles.push_back((*stored)[i]);
  }
  return success();
}

Result<parquet::CandleFileSpan> PlainCandleFormat::span(const fs::path& path) {
  auto stored = read_candles(*disk_, path);
  if (!stored) return std::move(stored).error();
  parquet::CandleFileSpan span;
  span.candles = stored->size();
  if (stored->empty()) return span;
  const auto [first, last] =
      std::minmax_element(stored->open_time.begin(), stored->open_time.end());
  span.first = *first;
  span.last = *last;
  return span;
}

Status PlainCandleFormat::write(const fs::path& path, market::CandleView candles) {
  PlainWriter writer{*disk_, path};
  writer.put(std::span<const Timestamp>{candles.open_time});
  for (const auto& column :
       {candles.open, candles.high, candles.low, candles.close, candles.volume}) {
    writer.put(std::span<const double>{column});
  }
  return writer.finish();
}

PlainArtifactFormat::PlainArtifactFormat(std::shared_ptr<disk::Disk> disk)
    : disk_(std::move(disk)) {}

Status PlainArtifactFormat::write(const fs::path& folder, const BacktestRun& run,
                                  const std::atomic<bool>* cancel) {
  if (auto written = write_summary(*disk_, folder / parquet::summary_table, run); !written) {
    return written;
  }
  if (auto written = write_signals(*disk_, folder / parquet::signals_table, run); !written) {
    return written;
  }
  if (ports::is_cancelled(cancel)) return backtest::cancelled_run();
  return write_curve(*disk_, folder / parquet::curve_table, run);
}

Status PlainArtifactFormat::read_signals(const fs::path& folder, BacktestRun& run) {
  const fs::path path = folder / parquet::signals_table;
  auto reader = PlainReader::open(*disk_, path);
  if (!reader) return std::move(reader).error();
  const std::uint64_t symbols = reader->number();
  for (std::uint64_t i = 0; i < symbols; ++i) {
    const std::string name = reader->text();
    TradeColumns columns;
    if (!columns.take_from(*reader)) return unsound(path);
    const auto found =
        std::find_if(run.symbols.begin(), run.symbols.end(),
                     [&](const SymbolResult& symbol) { return symbol.symbol.text() == name; });
    if (found == run.symbols.end()) {
      return parquet::unusable_signals(folder, "it has signals of another symbol");
    }
    for (std::size_t row = 0; row < columns.index.size(); ++row) {
      found->report.trades.push_back(columns[row]);
    }
  }
  return success();
}

}  // namespace hts::simulation
