#include "adapters/parquet/parquet_candle_store.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "adapters/disk/durable.hpp"
#include "adapters/parquet/candle_merge.hpp"
#include "adapters/parquet/catalog_layout.hpp"
#include "adapters/parquet/column_memory.hpp"
#include "adapters/parquet/duckdb_formats.hpp"
#include "adapters/parquet/exception_guard.hpp"
#include "adapters/parquet/parquet_candle_write.hpp"

namespace hts::parquet {
namespace {

using market::Symbol;
using market::Timeframe;
using ports::CatalogFile;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using time::TimeRange;
using time::Timestamp;
namespace fs = std::filesystem;

/// The times that a year's file may hold: other programs cut years at their own midnight.
TimeRange reach_of(int year) {
  constexpr auto zone_slack = std::chrono::hours{24};
  return {time::utc_year_begin(year) - zone_slack, time::utc_year_begin(year + 1) + zone_slack};
}

bool may_touch(int year, TimeRange range) {
  const TimeRange reach = reach_of(year);
  return reach.begin < range.end && range.begin < reach.end;
}

/// Room that the candles of a file in the range will need, without opening it: as many as fit into
/// the time, and no more than its bytes can hold.
std::size_t expected_candles(disk::Disk& disk, const YearFile& file, Timeframe timeframe,
                             TimeRange range) {
  constexpr std::uint64_t fewest_bytes_a_candle = 8;
  const TimeRange reach = reach_of(file.year);
  const auto time = std::min(reach.end, range.end) - std::max(reach.begin, range.begin);
  const auto bytes = disk.file_size(file.path);
  const auto by_size = bytes ? *bytes / fewest_bytes_a_candle : 0;
  return std::min<std::size_t>(by_size, static_cast<std::size_t>(time / timeframe.length()) + 1);
}

/// Files of consecutive years with their spans.
struct YearSpan {
  fs::path path;
  CandleFileSpan span;
};

/// How many of the files, which are not empty, have to be read together, since their times overlap.
std::size_t overlapping(std::span<const YearSpan> files) {
  Timestamp last = files.front().span.last;
  std::size_t count = 1;
  for (; count < files.size() && files[count].span.first <= last; ++count) {
    last = std::max(last, files[count].span.last);
  }
  return count;
}

Result<std::vector<YearSpan>> spans_of(CandleFormat& format, const std::vector<YearFile>& years) {
  std::vector<YearSpan> files;
  for (const YearFile& year : years) {
    auto span = format.span(year.path);
    if (!span) return std::move(span).error();
    if (span->candles > 0) files.push_back({year.path, *span});
  }
  return files;
}

/// Gives the candles of files that overlap.
Status stream_together(CandleFormat& format, std::span<const YearSpan> files, TimeRange range,
                       const market::TakeCandles& take) {
  if (files.size() == 1) return format.stream(files.front().path, range, take);
  market::CandleSeries candles;
  for (const YearSpan& file : files) {
    if (auto appended = format.append(file.path, range, candles); !appended) return appended;
  }
  sort_and_deduplicate(candles);
  return market::give_in_blocks(candles.view(), take);
}

/// The files of one symbol and timeframe with what they hold.
Result<std::vector<CatalogFile>> describe_series(disk::Disk& disk, CandleFormat& format,
                                                 const fs::path& data_root, const Symbol& symbol,
                                                 Timeframe timeframe) {
  auto years = list_years(disk, series_folder(data_root, symbol, timeframe));
  if (!years) return std::move(years).error();
  std::vector<CatalogFile> files;
  for (const YearFile& year : *years) {
    auto span = format.span(year.path);
    if (!span) return std::move(span).error();
    auto bytes = disk.file_size(year.path);
    if (!bytes) return std::move(bytes).error();
    files.push_back({symbol, timeframe, year.year, span->candles, span->first, span->last, *bytes});
  }
  return files;
}

Result<std::vector<CatalogFile>> describe_symbol(disk::Disk& disk, CandleFormat& format,
                                                 const fs::path& data_root, const Symbol& symbol) {
  auto timeframes = list_timeframes(disk, data_root, symbol);
  if (!timeframes) return std::move(timeframes).error();
  std::vector<CatalogFile> files;
  for (const Timeframe timeframe : *timeframes) {
    auto series = describe_series(disk, format, data_root, symbol, timeframe);
    if (!series) return std::move(series).error();
    files.insert(files.end(), series->begin(), series->end());
  }
  return files;
}

/// "1m from 2020-02-20 08:00 to 2020-02-20 11:59, 3m from …" (UTC).
std::string list_ranges(const std::vector<CatalogFile>& files) {
  std::string text;
  for (std::size_t i = 0; i < files.size();) {
    Timestamp first = files[i].first;
    Timestamp last = files[i].last;
    std::size_t end = i;
    for (; end < files.size() && files[end].timeframe == files[i].timeframe; ++end) {
      first = std::min(first, files[end].first);
      last = std::max(last, files[end].last);
    }
    if (!text.empty()) text += ", ";
    text += std::string{files[i].timeframe.name()} + " from " + time::format_minute(first) +
            " to " + time::format_minute(last);
    i = end;
  }
  return text;
}

std::string list_names(const std::vector<Symbol>& symbols) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < symbols.size() && i < most; ++i) {
    text += (i == 0 ? "" : ", ") + symbols[i].text();
  }
  if (symbols.size() > most) text += " and " + std::to_string(symbols.size() - most) + " more";
  return text;
}

result::Error unknown_symbol(disk::Disk& disk, const fs::path& data_root, const Symbol& symbol) {
  auto symbols = list_symbols(disk, data_root);
  if (!symbols) return std::move(symbols).error();
  std::erase(*symbols, symbol);
  std::string message = "The catalog " + data_root.string() + " has no candles of " + symbol.text();
  message += symbols->empty() ? " and of no other symbol" : ", only of " + list_names(*symbols);
  return make_error(ErrorCode::unknown_symbol,
                    message + ": get some with `hts import` or `hts fetch`.", "symbol");
}

}  // namespace

ParquetCandleStore::ParquetCandleStore(fs::path data_root, std::shared_ptr<DuckdbDatabase> database)
    : ParquetCandleStore(std::move(data_root), std::move(database), Options{}) {}

ParquetCandleStore::ParquetCandleStore(fs::path data_root, std::shared_ptr<DuckdbDatabase> database,
                                       Options options)
    : ParquetCandleStore(std::move(data_root), disk::system_disk(),
                         std::make_shared<DuckdbCandleFormat>(std::move(database)), options) {}

ParquetCandleStore::ParquetCandleStore(fs::path data_root, std::shared_ptr<disk::Disk> disk,
                                       std::shared_ptr<CandleFormat> format, Options options)
    : data_root_(std::move(data_root)),
      disk_(std::move(disk)),
      format_(std::move(format)),
      options_(options) {}

Result<market::CandleSeries> ParquetCandleStore::load(const Symbol& symbol, Timeframe timeframe,
                                                      TimeRange range,
                                                      const std::atomic<bool>* cancel) {
  return without_exceptions([&]() -> Result<market::CandleSeries> {
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    auto years = list_years(*disk_, series_folder(data_root_, symbol, timeframe));
    if (!years) return std::move(years).error();
    std::erase_if(*years, [&](const YearFile& file) { return !may_touch(file.year, range); });
    market::CandleSeries candles;
    if (!years->empty()) {
      std::size_t expected = 0;
      for (const YearFile& file : *years) {
        expected += expected_candles(*disk_, file, timeframe, range);
      }
      reserve_columns(candles, expected);
      for (const YearFile& file : *years) {
        auto appended = format_->append(file.path, range, candles, cancel);
        if (!appended) return std::move(appended).error();
        if (ports::is_cancelled(cancel)) return ports::cancelled_load();
      }
      sort_and_deduplicate(candles);
    }
    if (candles.empty()) return nothing_found(symbol, timeframe, range);
    return candles;
  });
}

Status ParquetCandleStore::stream(const Symbol& symbol, Timeframe timeframe, TimeRange range,
                                  const market::TakeCandles& take) {
  return without_exceptions([&]() -> Status {
    const fs::path folder = series_folder(data_root_, symbol, timeframe);
    auto years = list_years(*disk_, folder);
    if (!years) return std::move(years).error();
    std::erase_if(*years, [&](const YearFile& file) { return !may_touch(file.year, range); });
    const auto files = spans_of(*format_, *years);
    if (!files) return files.error();
    std::optional<Timestamp> last;
    const auto take_next = [&](market::CandleView block) -> Status {
      if (last && block.open_time.front() <= *last) {
        return make_error(ErrorCode::conflict, "The candles in " + folder.string() +
                                                   " were replaced while they were read: try "
                                                   "again.");
      }
      last = block.open_time.back();
      return take(block);
    };
    for (std::span<const YearSpan> left{*files}; !left.empty();) {
      const std::size_t count = overlapping(left);
      if (auto done = stream_together(*format_, left.first(count), range, take_next); !done) {
        return done;
      }
      left = left.subspan(count);
    }
    if (!last) return nothing_found(symbol, timeframe, range);
    return result::success();
  });
}

result::Error ParquetCandleStore::nothing_found(const Symbol& symbol, Timeframe timeframe,
                                                TimeRange range) {
  // The format is not even asked for a symbol that has no files.
  auto timeframes = list_timeframes(*disk_, data_root_, symbol);
  if (!timeframes) return std::move(timeframes).error();
  if (timeframes->empty()) return unknown_symbol(*disk_, data_root_, symbol);
  auto files = describe_symbol(*disk_, *format_, data_root_, symbol);
  if (!files) return std::move(files).error();
  std::erase_if(*files, [](const CatalogFile& file) { return file.candles == 0; });
  if (files->empty()) return unknown_symbol(*disk_, data_root_, symbol);

  const bool has_timeframe =
      std::any_of(files->begin(), files->end(),
                  [&](const CatalogFile& file) { return file.timeframe == timeframe; });
  std::string message =
      "There are no " + std::string{timeframe.name()} + " candles of " + symbol.text();
  if (has_timeframe) {
    message += " in " + time::format_minute(range.begin) + " to " + time::format_minute(range.end);
  }
  message += " (UTC); the catalog has " + list_ranges(*files) + ".";
  return make_error(ErrorCode::not_found, message, has_timeframe ? "start_date" : "timeframe");
}

Result<std::unique_ptr<ports::CandleWrite>> ParquetCandleStore::begin_write(const Symbol& symbol,
                                                                            Timeframe timeframe) {
  return without_exceptions([&]() -> Result<std::unique_ptr<ports::CandleWrite>> {
    fs::path folder = series_folder(data_root_, symbol, timeframe);
    if (auto lasting = make_root_lasting(); !lasting) return std::move(lasting).error();
    auto lock = disk_->lock_directory(folder, disk::LockKind::exclusive, options_.lock_patience);
    if (!lock) return std::move(lock).error();
    if (auto writable = disk_->check_writable(folder); !writable) {
      return std::move(writable).error();
    }
    disk::remove_temporaries(*disk_, folder);
    return std::unique_ptr<ports::CandleWrite>{
        std::make_unique<ParquetCandleWrite>(disk_, format_, std::move(folder), std::move(*lock))};
  });
}

result::Status ParquetCandleStore::make_root_lasting() {
  if (is_root_lasting_) return result::success();
  auto made = disk::make_lasting_directories(*disk_, data_root_);
  if (made) is_root_lasting_ = true;
  return made;
}

Result<std::vector<CatalogFile>> ParquetCandleStore::inventory() {
  return without_exceptions([&]() -> Result<std::vector<CatalogFile>> {
    auto symbols = list_symbols(*disk_, data_root_);
    if (!symbols) return std::move(symbols).error();
    std::vector<CatalogFile> files;
    if (symbols->empty()) return files;
    for (const Symbol& symbol : *symbols) {
      auto described = describe_symbol(*disk_, *format_, data_root_, symbol);
      if (!described) return std::move(described).error();
      files.insert(files.end(), described->begin(), described->end());
    }
    return files;
  });
}

}  // namespace hts::parquet
