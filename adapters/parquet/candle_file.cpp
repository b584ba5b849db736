#include "adapters/parquet/candle_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/disk/disk_error.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "adapters/parquet/candle_soundness.hpp"
#include "adapters/parquet/column_source.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/duckdb_error.hpp"
#include "adapters/parquet/pinned_file.hpp"
#include "engine/market/candle_blocks.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

using market::CandleSeries;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;
using time::Timestamp;

constexpr std::array<const char*, 6> column_names = {"timestamp", "open",  "high",
                                                     "low",       "close", "volume"};
constexpr std::size_t timestamp_column = 0;

result::Error unreadable(const PinnedFile& file, const std::filesystem::path& path,
                         const result::Error& cause) {
  const result::Error named = disk::shown_as(cause, file.name(), path.filename());
  if (is_out_of_memory(cause)) {
    return duckdb_file_error("Cannot read", path, named.message);
  }
  return make_error(ErrorCode::storage,
                    "Cannot read " + path.string() + ": " + reason_in(named.message) +
                        ". It is damaged or not a Parquet file of candles: move it away and "
                        "import its candles again.");
}

bool is_integer(duckdb_type type) {
  constexpr std::array types = {DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UBIGINT};
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_calendar(duckdb_type type) {
  constexpr std::array types = {DUCKDB_TYPE_TIMESTAMP,    DUCKDB_TYPE_TIMESTAMP_S,
                                DUCKDB_TYPE_TIMESTAMP_MS, DUCKDB_TYPE_TIMESTAMP_NS,
                                DUCKDB_TYPE_TIMESTAMP_TZ, DUCKDB_TYPE_DATE};
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_number(duckdb_type type) {
  constexpr std::array types = {DUCKDB_TYPE_FLOAT,     DUCKDB_TYPE_DECIMAL,  DUCKDB_TYPE_BIGINT,
                                DUCKDB_TYPE_HUGEINT,   DUCKDB_TYPE_SMALLINT, DUCKDB_TYPE_TINYINT,
                                DUCKDB_TYPE_USMALLINT, DUCKDB_TYPE_UTINYINT};
  return is_integer(type) || std::find(types.begin(), types.end(), type) != types.end();
}

std::string scan_of(const PinnedFile& file) {
  return "read_parquet(" + quote_sql(file.name()) + ")";
}

/// How a file's columns become milliseconds or nanoseconds and doubles.
struct CandleColumns {
  std::array<std::string, column_names.size()> expressions;
  bool in_nanoseconds = false;  ///< else in milliseconds, and a filter reaches the row groups
};

Result<CandleColumns> examine_columns(Connection& connection, const PinnedFile& file,
                                      const std::filesystem::path& path) {
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < column_names.size(); ++i) {
    sql += std::string{i == 0 ? "\"" : ", \""} + column_names[i] + '"';
  }
  auto statement = connection.prepare(sql + " FROM " + scan_of(file));
  if (!statement) return unreadable(file, path, statement.error());

  CandleColumns columns;
  for (std::size_t i = 0; i < column_names.size(); ++i) {
    const duckdb_type type = statement->column_type(i);
    const std::string name = std::string{"\""} + column_names[i] + "\"";
    std::string& expression = columns.expressions[i];
    if (i == timestamp_column && is_calendar(type)) {
      columns.in_nanoseconds = true;
      expression = "epoch_ns(" + name + ")";
    } else if (i == timestamp_column && is_integer(type)) {
      expression = "CAST(" + name + " AS BIGINT)";
    } else if (type == (i == timestamp_column ? DUCKDB_TYPE_BIGINT : DUCKDB_TYPE_DOUBLE)) {
      expression = name;
    } else if (i != timestamp_column && is_number(type)) {
      expression = "CAST(" + name + " AS DOUBLE)";
    } else {
      return make_error(
          ErrorCode::storage,
          path.string() + " has a column " + column_names[i] + " of a wrong type: " +
              (i == timestamp_column ? "milliseconds as int64, or a timestamp" : "numbers") +
              " are expected. Convert it, or import its candles again.");
    }
  }
  return columns;
}

std::optional<Timestamp> to_timestamp(std::int64_t value, bool in_nanoseconds) {
  if (in_nanoseconds) return Timestamp{time::Duration{value}};
  constexpr std::int64_t limit = INT64_MAX / nanoseconds_a_millisecond;
  if (value > limit || value < -limit) return std::nullopt;
  return time::from_milliseconds(value);
}

/// The first whole millisecond at or after t.
std::int64_t milliseconds_from(Timestamp t) {
  const std::int64_t floor = time::to_milliseconds(t);
  const std::int64_t remainder = t.time_since_epoch().count() % nanoseconds_a_millisecond;
  return floor + (remainder != 0 ? 1 : 0);
}

/// Appends a chunk's rows; the problem as the end of a sentence, or nothing.
std::optional<std::string> append_chunk(const Chunk& chunk, bool in_nanoseconds,
                                        CandleSeries& candles) {
  const std::size_t rows = chunk.size();
  for (std::size_t i = 0; i < column_names.size(); ++i) {
    if (chunk.has_null(i)) return std::string{"has a row without "} + column_names[i];
  }
  const auto* times = chunk.column<std::int64_t>(timestamp_column);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto open_time = to_timestamp(times[row], in_nanoseconds);
    if (!open_time)
      return "has a timestamp that is not in milliseconds: " + std::to_string(times[row]);
    candles.open_time.push_back(*open_time);
  }
  const std::array<std::vector<double>*, 5> targets = {&candles.open, &candles.high, &candles.low,
                                                       &candles.close, &candles.volume};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto* values = chunk.column<double>(i + 1);
    targets[i]->insert(targets[i]->end(), values, values + rows);
  }
  return std::nullopt;
}

std::string filter_of(time::TimeRange range) {
  std::string filter;
  if (range.begin != Timestamp::min()) {
    filter += " WHERE \"timestamp\" >= " + std::to_string(milliseconds_from(range.begin));
  }
  if (range.end != Timestamp::max()) {
    filter += filter.empty() ? " WHERE" : " AND";
    filter += " \"timestamp\" < " + std::to_string(milliseconds_from(range.end));
  }
  return filter;
}

void keep_range(CandleSeries& candles, std::size_t begin, time::TimeRange range) {
  std::size_t kept = begin;
  for (std::size_t i = begin; i < candles.size(); ++i) {
    if (!range.contains(candles.open_time[i])) continue;
    candles.open_time[kept] = candles.open_time[i];
    candles.open[kept] = candles.open[i];
    candles.high[kept] = candles.high[i];
    candles.low[kept] = candles.low[i];
    candles.close[kept] = candles.close[i];
    candles.volume[kept] = candles.volume[i];
    ++kept;
  }
  candles.open_time.resize(kept);
  for (auto* column :
       {&candles.open, &candles.high, &candles.low, &candles.close, &candles.volume}) {
    column->resize(kept);
  }
}

}  // namespace

Status append_candles(Connection& connection, const std::filesystem::path& path,
                      time::TimeRange range, CandleSeries& candles,
                      const std::atomic<bool>* cancel) {
  auto file = PinnedFile::open(path);
  if (!file) return std::move(file).error();
  auto columns = examine_columns(connection, *file, path);
  if (!columns) return std::move(columns).error();
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < column_names.size(); ++i) {
    sql += (i == 0 ? "" : ", ") + columns->expressions[i];
  }
  sql += " FROM " + scan_of(*file);
  if (!columns->in_nanoseconds) sql += filter_of(range);
  auto rows = connection.query(sql);
  if (!rows) return unreadable(*file, path, rows.error());

  const std::size_t begin = candles.size();
  std::optional<std::string> problem;
  while (!problem) {
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    auto chunk = rows->next();
    if (!chunk) return unreadable(*file, path, chunk.error());
    if (!*chunk) break;
    problem = append_chunk(**chunk, columns->in_nanoseconds, candles);
  }
  if (problem) return make_unsound_error(path, *problem);
  if (columns->in_nanoseconds) keep_range(candles, begin, range);
  return market::give_in_blocks(candles.view().slice(begin, candles.size() - begin),
                                [&](market::CandleView block) -> Status {
                                  if (ports::is_cancelled(cancel)) return ports::cancelled_load();
                                  if (const auto unsound = find_unsound(block))
                                    return make_unsound_error(path, *unsound);
                                  return success();
                                });
}

Result<CandleFileSpan> read_span(Connection& connection, const std::filesystem::path& path) {
  auto file = PinnedFile::open(path);
  if (!file) return std::move(file).error();
  auto columns = examine_columns(connection, *file, path);
  if (!columns) return std::move(columns).error();
  const std::string& open_time = columns->expressions[timestamp_column];
  auto rows = connection.query("SELECT count(*), min(" + open_time + "), max(" + open_time +
                               ") FROM " + scan_of(*file));
  if (!rows) return unreadable(*file, path, rows.error());
  auto fetched = rows->next();
  if (!fetched) return unreadable(*file, path, fetched.error());
  const auto& chunk = *fetched;
  CandleFileSpan span;
  if (!chunk || chunk->size() != 1) return span;
  span.candles = static_cast<std::uint64_t>(chunk->column<std::int64_t>(0)[0]);
  if (chunk->has_null(1)) return span;
  const auto first = to_timestamp(chunk->column<std::int64_t>(1)[0], columns->in_nanoseconds);
  const auto last = to_timestamp(chunk->column<std::int64_t>(2)[0], columns->in_nanoseconds);
  if (!first || !last) {
    return make_error(ErrorCode::storage, path.string() +
                                              " has timestamps that are not in milliseconds: move "
                                              "it away and import its candles again.");
  }
  span.first = *first;
  span.last = *last;
  return span;
}

Status write_candles(Connection& connection, const std::filesystem::path& path,
                     market::CandleView candles) {
  const std::array<Column, 6> columns = {{{"timestamp", candles.open_time},
                                          {"open", candles.open},
                                          {"high", candles.high},
                                          {"low", candles.low},
                                          {"close", candles.close},
                                          {"volume", candles.volume}}};
  if (auto written = write_parquet(connection, path, columns); !written) {
    return duckdb_file_error("Cannot write", path, written.error().message);
  }
  return success();
}

}  // namespace hts::parquet
