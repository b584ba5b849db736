#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "engine/market/candle_blocks.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::parquet {

/// Candle files count in milliseconds, the engine in nanoseconds.
inline constexpr std::int64_t nanoseconds_a_millisecond = 1'000'000;

/// What a file holds, without reading more than its open times.
struct CandleFileSpan {
  std::uint64_t candles = 0;
  time::Timestamp first{};  ///< smallest and largest open time; of no meaning without candles
  time::Timestamp last{};
};

/// How candles become the bytes of one file. The candle store does all the rest: names, syncs,
/// renames, locks. Thread-safe. Errors: storage, naming the file.
class CandleFormat {
 public:
  virtual ~CandleFormat() = default;

  /// Appends the candles of a file with open times in the range, in the file's order. An error when
  /// it is damaged or holds something that is not a candle, or when `cancel` (see
  /// ports::CandleStore::load) is set meanwhile.
  [[nodiscard]] virtual result::Status append(const std::filesystem::path& path,
                                              time::TimeRange range, market::CandleSeries& candles,
                                              const std::atomic<bool>* cancel = nullptr) = 0;
  /// Gives the same candles in blocks, in order, of each open time the last. A format that does not
  /// say otherwise has them all in memory meanwhile. Errors of `take` as well.
  [[nodiscard]] virtual result::Status stream(const std::filesystem::path& path,
                                              time::TimeRange range,
                                              const market::TakeCandles& take);
  [[nodiscard]] virtual result::Result<CandleFileSpan> span(const std::filesystem::path& path) = 0;
  /// Writes a new file, not synced. On an error it may be there, incomplete.
  [[nodiscard]] virtual result::Status write(const std::filesystem::path& path,
                                             market::CandleView candles) = 0;
};

}  // namespace hts::parquet
