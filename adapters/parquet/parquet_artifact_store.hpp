#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/artifact_format.hpp"
#include "adapters/parquet/duckdb_database.hpp"
#include "engine/ports/artifact_store.hpp"

namespace hts::parquet {

/// The bulk of finished backtests as folders `ROOT/{run_id}/` with `symbol_summary.parquet`,
/// `symbol_signals.parquet`, `performance_curve.parquet` and `metadata.json`, made for other tools
/// to read as well: times are int64 milliseconds, percentages are named `_pct`.
///
/// 1. A run's folder is whole or absent: it is built under a temporary name, synced, renamed.
/// 2. Only UUIDs in lower case become folder names; any other run id is an error (invalid, field
///    `run_id`) before a path is made of it.
/// 3. `is_active` in `symbol_summary.parquet` is the flag at the time of saving; the result store
///    has the present one.
/// 4. A run of the mode `portfolio` has its trades and equity in `portfolio.json` beside the
/// tables.
/// 5. Folders that a killed process left half-built are removed when nobody is saving.
///
/// Thread-safe, also between processes.
class ParquetArtifactStore final : public ports::ArtifactStore {
 public:
  /// On the system's disk. `database` may be shared with other stores; without one the store has
  /// its own.
  explicit ParquetArtifactStore(std::filesystem::path root,
                                std::shared_ptr<DuckdbDatabase> database = nullptr);
  /// On any disk, with tables in any format.
  ParquetArtifactStore(std::filesystem::path root, std::shared_ptr<disk::Disk> disk,
                       std::shared_ptr<ArtifactFormat> format);

  [[nodiscard]] result::Status save(const backtest::BacktestRun& run,
                                    const std::atomic<bool>* cancel = nullptr) override;
  [[nodiscard]] result::Result<backtest::BacktestRun> load(
      const backtest::RunSummary& summary) override;
  [[nodiscard]] result::Result<std::vector<std::string>> list() override;
  /// Removing a run that is not there succeeds.
  [[nodiscard]] result::Status remove(const std::string& run_id) override;

  /// Where a run's files are or would be. Error: invalid, as above.
  [[nodiscard]] result::Result<std::filesystem::path> folder_of(const std::string& run_id) const;

 private:
  [[nodiscard]] result::Status make_root_lasting();
  void clean_up_once();
  [[nodiscard]] result::Status build(const std::filesystem::path& folder,
                                     const backtest::BacktestRun& run,
                                     const std::atomic<bool>* cancel);

  std::filesystem::path root_;
  std::shared_ptr<disk::Disk> disk_;
  std::shared_ptr<ArtifactFormat> format_;
  std::atomic<bool> is_root_lasting_{false};
  std::once_flag cleaned_up_;
};

}  // namespace hts::parquet
