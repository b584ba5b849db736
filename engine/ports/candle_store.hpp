#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/market/candle_blocks.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The candle catalog: `{SYMBOL}/{TIMEFRAME}/{YEAR}`, at most one candle an open time.
///
/// Calls may block on the disk; they are made from command-line programs or from a runtime lane,
/// never from an actor's strand. Implementations are thread-safe.
namespace hts::ports {

/// One stored year of one symbol and timeframe.
struct CatalogFile {
  market::Symbol symbol;
  market::Timeframe timeframe;
  int year = 0;
  std::uint64_t candles = 0;
  time::Timestamp first{};  ///< open time of the first and last candle
  time::Timestamp last{};
  std::uint64_t bytes = 0;
};

/// What a write changed.
struct WriteReport {
  std::uint64_t added = 0;      ///< candles at open times that the catalog did not have
  std::uint64_t replaced = 0;   ///< candles that differ from what the catalog had
  std::uint64_t unchanged = 0;  ///< candles that the catalog already had, equal in every field
  std::uint64_t files_written = 0;

  WriteReport& operator+=(const WriteReport& other) noexcept {
    added += other.added;
    replaced += other.replaced;
    unchanged += other.unchanged;
    files_written += other.files_written;
    return *this;
  }
};

/// Candles on their way into the catalog: staged under temporary names, visible only after
/// `commit`. Destroying it uncommitted leaves the catalog as it was and removes what was staged.
class CandleWrite {
 public:
  virtual ~CandleWrite() = default;
  /// Merges `candles` of one UTC calendar year into that year; ascending, unique open times. New
  /// values win. A year may be staged once. A year that would not change is not rewritten.
  [[nodiscard]] virtual result::Status stage(int year, market::CandleView candles) = 0;
  /// Makes all staged years visible (fsync, then rename). On an error nothing further is renamed;
  /// every file is whole.
  [[nodiscard]] virtual result::Result<WriteReport> commit() = 0;
};

class CandleStore {
 public:
  virtual ~CandleStore() = default;

  /// Ascending candles with open times in the range. `cancel` is a flag that somebody sets when
  /// nobody wants them any more, and stays set; null: never. It is looked at before anything is
  /// read and then often enough for an end within 50 ms. Errors: unknown_symbol when the catalog
  /// has nothing of the symbol, not_found when it has no candle of this timeframe in the range
  /// (naming what there is), storage when a file cannot be read (naming the file), cancelled.
  [[nodiscard]] virtual result::Result<market::CandleSeries> load(
      const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
      const std::atomic<bool>* cancel = nullptr) = 0;
  /// The candles that `load` would give, and its errors, block by block; those of `take` as well.
  /// An error may come after some blocks. A store that does not say otherwise has them all in
  /// memory meanwhile.
  [[nodiscard]] virtual result::Status stream(const market::Symbol& symbol,
                                              market::Timeframe timeframe, time::TimeRange range,
                                              const market::TakeCandles& take);
  [[nodiscard]] virtual result::Result<std::unique_ptr<CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) = 0;
  /// All files, ordered by symbol, timeframe and year. A damaged file is an error that names it.
  [[nodiscard]] virtual result::Result<std::vector<CatalogFile>> inventory() = 0;
};

/// Whether such a flag is there and set.
[[nodiscard]] inline bool is_cancelled(const std::atomic<bool>* cancel) noexcept {
  return cancel != nullptr && cancel->load(std::memory_order_relaxed);
}
/// The error of a load that was cancelled.
[[nodiscard]] result::Error cancelled_load();

/// Stages `candles` (ascending, unique open times) year by year and commits them together.
[[nodiscard]] result::Result<WriteReport> write_all_years(CandleStore& store,
                                                          const market::Symbol& symbol,
                                                          market::Timeframe timeframe,
                                                          market::CandleView candles);

}  // namespace hts::ports
