#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "adapters/parquet/duckdb_database.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {

/// The candle catalog as files `DATA_ROOT/{SYMBOL}/{TIMEFRAME}/{YEAR}.parquet` with the columns
/// `timestamp open high low close volume`, `timestamp` being int64 milliseconds, UTC.
///
/// 1. A year's file is always whole: it is replaced by rename after it was synced.
/// 2. Reads take no lock and see a year either before or after a write.
/// 3. One write at a time for a symbol and timeframe, over all processes: it holds an advisory lock
///    on its folder from `begin_write` on. A second one waits up to `lock_patience`, then conflict.
/// 4. What a killed process left behind is removed by the next write to the same folder.
/// 5. What a commit made visible lasts when it returns, also what an earlier one that failed or was
///    killed left visible.
/// 6. Files of other origin are read as long as they have the columns (see candle_file.hpp); years
///    may be cut at any zone's midnight. Unsorted or repeated rows are put in order on load.
///
/// Thread-safe. Loading costs about 20 ns a candle. Nothing is opened before the first call.
class ParquetCandleStore final : public ports::CandleStore {
 public:
  struct Options {
    std::chrono::milliseconds lock_patience{30'000};
  };

  /// On the system's disk. `database` may be shared with other stores; without one the store has
  /// its own.
  explicit ParquetCandleStore(std::filesystem::path data_root,
                              std::shared_ptr<DuckdbDatabase> database = nullptr);
  ParquetCandleStore(std::filesystem::path data_root, std::shared_ptr<DuckdbDatabase> database,
                     Options options);
  /// On any disk, with files in any format.
  ParquetCandleStore(std::filesystem::path data_root, std::shared_ptr<disk::Disk> disk,
                     std::shared_ptr<CandleFormat> format, Options options);

  [[nodiscard]] result::Result<market::CandleSeries> load(
      const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
      const std::atomic<bool>* cancel = nullptr) override;
  /// Memory for a block and, a year at a time, 8 bytes a candle; for a whole year or several only
  /// where files of other origin are not plain (see PlainCandleFile) or overlap. About 10 ns a
  /// candle. Further error: conflict when files were replaced meanwhile so that it cannot go on.
  [[nodiscard]] result::Status stream(const market::Symbol& symbol, market::Timeframe timeframe,
                                      time::TimeRange range,
                                      const market::TakeCandles& take) override;
  [[nodiscard]] result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override;
  [[nodiscard]] result::Result<std::vector<ports::CatalogFile>> inventory() override;

 private:
  [[nodiscard]] result::Status make_root_lasting();
  [[nodiscard]] result::Error nothing_found(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range);

  std::filesystem::path data_root_;
  std::shared_ptr<disk::Disk> disk_;
  std::shared_ptr<CandleFormat> format_;
  Options options_;
  std::atomic<bool> is_root_lasting_{false};
};

}  // namespace hts::parquet
