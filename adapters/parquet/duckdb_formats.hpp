#pragma once

#include <memory>

#include "adapters/parquet/artifact_format.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "adapters/parquet/duckdb_database.hpp"

/// Parquet through DuckDB, which opens files by itself: these formats are of the system's disk
/// only.
namespace hts::parquet {

/// Nothing is loaded before the first call.
class DuckdbCandleFormat final : public CandleFormat {
 public:
  explicit DuckdbCandleFormat(std::shared_ptr<DuckdbDatabase> database);

  [[nodiscard]] result::Status append(const std::filesystem::path& path, time::TimeRange range,
                                      market::CandleSeries& candles) override;
  [[nodiscard]] result::Result<CandleFileSpan> span(const std::filesystem::path& path) override;
  [[nodiscard]] result::Status write(const std::filesystem::path& path,
                                     market::CandleView candles) override;

 private:
  std::shared_ptr<DuckdbDatabase> database_;
};

/// Nothing is loaded before the first call.
class DuckdbArtifactFormat final : public ArtifactFormat {
 public:
  explicit DuckdbArtifactFormat(std::shared_ptr<DuckdbDatabase> database);

  [[nodiscard]] result::Status write(const std::filesystem::path& folder,
                                     const backtest::BacktestRun& run) override;
  [[nodiscard]] result::Status read_signals(const std::filesystem::path& folder,
                                            backtest::BacktestRun& run) override;

 private:
  std::shared_ptr<DuckdbDatabase> database_;
};

}  // namespace hts::parquet
