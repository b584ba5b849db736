#pragma once

#include <atomic>
#include <memory>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/artifact_format.hpp"
#include "adapters/parquet/candle_format.hpp"

/// The formats of the candle and artifact stores on a simulated disk: the stores are the daemon's
/// own, the columns are written plainly, because DuckDB opens files by itself.
namespace hts::simulation {

class PlainCandleFormat final : public parquet::CandleFormat {
 public:
  explicit PlainCandleFormat(std::shared_ptr<disk::Disk> disk);

  [[nodiscard]] result::Status append(const std::filesystem::path& path, time::TimeRange range,
                                      market::CandleSeries& candles,
                                      const std::atomic<bool>* cancel = nullptr) override;
  [[nodiscard]] result::Result<parquet::CandleFileSpan> span(
      const std::filesystem::path& path) override;
  [[nodiscard]] result::Status write(const std::filesystem::path& path,
                                     market::CandleView candles) override;

 private:
  std::shared_ptr<disk::Disk> disk_;
};

class PlainArtifactFormat final : public parquet::ArtifactFormat {
 public:
  explicit PlainArtifactFormat(std::shared_ptr<disk::Disk> disk);

  [[nodiscard]] result::Status write(const std::filesystem::path& folder,
                                     const backtest::BacktestRun& run,
                                     const std::atomic<bool>* cancel) override;
  [[nodiscard]] result::Status read_signals(const std::filesystem::path& folder,
                                            backtest::BacktestRun& run) override;

 private:
  std::shared_ptr<disk::Disk> disk_;
};

}  // namespace hts::simulation
