#include "adapters/parquet/duckdb_formats.hpp"

#include <utility>

#include "adapters/parquet/artifact_files.hpp"
#include "adapters/parquet/candle_file.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/plain_candle_read.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

std::shared_ptr<DuckdbDatabase> or_own(std::shared_ptr<DuckdbDatabase> database) {
  return database != nullptr ? std::move(database) : std::make_shared<DuckdbDatabase>();
}

}  // namespace

using result::Result;
using result::Status;
namespace fs = std::filesystem;

DuckdbCandleFormat::DuckdbCandleFormat(std::shared_ptr<DuckdbDatabase> database)
    : disk_(disk::system_disk()), database_(or_own(std::move(database))) {}

Status DuckdbCandleFormat::append(const fs::path& path, time::TimeRange range,
                                  market::CandleSeries& candles, const std::atomic<bool>* cancel) {
  if (append_plain(*disk_, path, range, candles, cancel)) return result::success();
  if (ports::is_cancelled(cancel)) return ports::cancelled_load();
  auto connection = database_->connect();
  if (!connection) return std::move(connection).error();
  return append_candles(*connection, path, range, candles, cancel);
}

Status DuckdbCandleFormat::stream(const fs::path& path, time::TimeRange range,
                                  const market::TakeCandles& take) {
  if (auto streamed = stream_plain(*disk_, path, range, take)) return *std::move(streamed);
  return CandleFormat::stream(path, range, take);
}

Result<CandleFileSpan> DuckdbCandleFormat::span(const fs::path& path) {
  if (const auto span = plain_span(*disk_, path)) return *span;
  auto connection = database_->connect();
  if (!connection) return std::move(connection).error();
  return read_span(*connection, path);
}

Status DuckdbCandleFormat::write(const fs::path& path, market::CandleView candles) {
  auto connection = database_->connect();
  if (!connection) return std::move(connection).error();
  return write_candles(*connection, path, candles);
}

DuckdbArtifactFormat::DuckdbArtifactFormat(std::shared_ptr<DuckdbDatabase> database)
    : database_(or_own(std::move(database))) {}

Status DuckdbArtifactFormat::write(const fs::path& folder, const backtest::BacktestRun& run,
                                   const std::atomic<bool>* cancel) {
  auto connection = database_->connect();
  if (!connection) return std::move(connection).error();
  return write_tables(*connection, folder, run, cancel);
}

Status DuckdbArtifactFormat::read_signals(const fs::path& folder, backtest::BacktestRun& run) {
  auto connection = database_->connect();
  if (!connection) return std::move(connection).error();
  return append_signals(*connection, folder, run);
}

}  // namespace hts::parquet
