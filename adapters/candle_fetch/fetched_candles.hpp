#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/candle_fetch/remote_catalog.hpp"
#include "adapters/disk/disk.hpp"
#include "adapters/parquet/candle_files.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::candle_fetch {

/// The candles of a daemon on a machine that shares no folder with it.
///
/// 1. What the daemon has decides: a load gives its candles of the range, read from the machine's
///    own catalog if its files of those years are the same byte for byte, else from a cache.
/// 2. A file that the cache lacks, or has with another content, is downloaded first: under a
///    temporary name, compared with the hash that the daemon listed, synced, renamed. Whatever ends
///    the process, the cache holds whole files only.
/// 3. When the daemon has none of the symbol, or cannot be reached, the own catalog is asked as it
///    is. The cache is not: without the daemon nobody knows what it lacks.
/// 4. Loads of one symbol and timeframe wait for each other's downloads, also those of other
///    processes with the same cache.
/// 5. The daemon is asked for its list at most once a second for a symbol and timeframe.
///
/// Errors beside those of CandleStore: network, unavailable, conflict, field `daemon`; the sentence
/// says what both the daemon and the own catalog answered. Writes go to the own catalog.
/// Thread-safe; calls block on the disk and on the network.
class FetchedCandles final : public ports::CandleStore {
 public:
  struct Places {
    std::shared_ptr<ports::CandleStore> own;
    std::filesystem::path own_root;
    std::shared_ptr<ports::CandleStore> cache;
    std::filesystem::path cache_root;
  };

  /// Told of each file that was downloaded; any thread; may be empty.
  using NoteDownload = std::function<void(const std::string& what)>;

  FetchedCandles(RemoteCatalog daemon, Places places, std::shared_ptr<disk::Disk> disk,
                 NoteDownload note = {});

  [[nodiscard]] result::Result<market::CandleSeries> load(
      const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
      const std::atomic<bool>* cancel = nullptr) override;
  [[nodiscard]] result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override;
  [[nodiscard]] result::Result<std::vector<ports::CatalogFile>> inventory() override;

 private:
  using Years = std::vector<parquet::CandleFileFacts>;
  struct Series {
    std::mutex mutex;  ///< of is_busy
    std::condition_variable freed;
    bool is_busy = false;  ///< whose turn it is compares and downloads files, and owns the rest
    Years listed;
    std::chrono::steady_clock::time_point listed_at{};
  };

  [[nodiscard]] std::shared_ptr<Series> series_of(const market::Symbol& symbol,
                                                  market::Timeframe timeframe);
  /// Held by one at a time; null when it was cancelled meanwhile. The series outlives it.
  [[nodiscard]] static std::shared_ptr<void> take_turn(Series& series,
                                                       const std::atomic<bool>* cancel);
  /// The store whose files of the range are those of the daemon; null when the daemon has none.
  [[nodiscard]] result::Result<ports::CandleStore*> up_to_date(const market::Symbol& symbol,
                                                               market::Timeframe timeframe,
                                                               time::TimeRange range,
                                                               const std::atomic<bool>* cancel);
  /// Makes the cache's files of these years and this range the given ones.
  [[nodiscard]] result::Status fetch(const market::Symbol& symbol, market::Timeframe timeframe,
                                     time::TimeRange range, const Years& wanted,
                                     const std::atomic<bool>* cancel);

  const RemoteCatalog daemon_;
  const Places places_;
  const std::shared_ptr<disk::Disk> disk_;
  const NoteDownload note_;
  parquet::CandleFiles own_files_;
  parquet::CandleFiles cached_files_;
  std::mutex mutex_;
  std::map<std::pair<market::Symbol, market::Timeframe>, std::shared_ptr<Series>> series_;
};

}  // namespace hts::candle_fetch
