#pragma once

#include <atomic>
#include <memory>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/artifact_format.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "adapters/parquet/duckdb_database.hpp"

/// Parquet through DuckDB, which opens files by itself: these formats are of the system's disk
/// only.
namespace hts::parquet {

/// Files as this program writes them are read without the library (see PlainCandleFile), all others
/// through it. Nothing is loaded before it is needed.
class DuckdbCandleFormat final : public CandleFormat {
 public:
  explicit DuckdbCandleFormat(std::shared_ptr<DuckdbDatabase> database);

  [[nodiscard]] result::Status append(const std::filesystem::path& path, time::TimeRange range,
                                      market::CandleSeries& candles,
                                      const std::atomic<bool>* cancel = nullptr) override;
  [[nodiscard]] result::Status stream(const std::filesystem::path& path, time::TimeRange range,
                                      const market::TakeCandles& take) override;
  [[nodiscard]] result::Result<CandleFileSpan> span(const std::filesystem::path& path) override;
  [[nodiscard]] result::Status write(const std::filesystem::path& path,
                                     market::CandleView candles) override;

 private:
  std::shared_ptr<disk::Disk> disk_;
  std::shared_ptr<DuckdbDatabase> database_;
};

/// Nothing is loaded before the first call.
class DuckdbArtifactFormat final : public ArtifactFormat {
 public:
  explicit DuckdbArtifactFormat(std::shared_ptr<DuckdbDatabase> database);

  [[nodiscard]] result::Status write(const std::filesystem::path& folder,
                                     const backtest::BacktestRun& run,
                                     const std::atomic<bool>* cancel) override;
  [[nodiscard]] result::Status read_signals(const std::filesystem::path& folder,
                                            backtest::BacktestRun& run) override;

 private:
  std::shared_ptr<DuckdbDatabase> database_;
};

}  // namespace hts::parquet
