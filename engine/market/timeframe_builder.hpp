#pragma once

#include <cstdint>
#include <optional>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/market/volume_sum.hpp"
#include "engine/time/timestamp.hpp"

/// 1-minute candles on their way into longer ones.
namespace hts::market {

/// When a day begins: 00:00 UTC, as exchanges cut their daily candles, or 00:00 in Korea. Weeks
/// begin with a Monday of the same clock. Shorter candles are the same in both.
enum class DayBoundary : std::uint8_t { utc, kst };

/// The open time of the candle that holds `t`. O(1).
[[nodiscard]] time::Timestamp bucket_open_at(time::Timestamp t, Timeframe timeframe,
                                             DayBoundary boundary) noexcept;

/// One symbol and timeframe. A candle closes with its last minute, whether that had a trade or not;
/// one without any trade does not exist. Minutes ascend.
class TimeframeBuilder {
 public:
  struct Closed {
    Candle candle;
    std::uint32_t missing = 0;  ///< candles of this timeframe without a trade right before it
  };

  explicit TimeframeBuilder(Timeframe timeframe, DayBoundary boundary = DayBoundary::utc) noexcept
      : timeframe_(timeframe), boundary_(boundary) {}

  /// A closed minute goes in. A candle that should have closed before it and did not (nobody called
  /// `close_minute`) comes out.
  std::optional<Closed> add(const Candle& minute) noexcept;
  /// All minutes up to the one that opens at `minute` have closed: the candle that ends with them,
  /// if there is one.
  std::optional<Closed> close_minute(time::Timestamp minute) noexcept;

  [[nodiscard]] Timeframe timeframe() const noexcept { return timeframe_; }
  /// When the open candle opened; nothing while there is none.
  [[nodiscard]] std::optional<time::Timestamp> open_since() const noexcept;

 private:
  [[nodiscard]] Closed take() noexcept;

  Timeframe timeframe_;
  DayBoundary boundary_;
  bool is_open_ = false;
  Candle candle_;  // without its volume
  VolumeSum volume_;
  time::Timestamp ends_{};                   // of the open candle
  std::optional<time::Timestamp> last_end_;  // of the newest closed one
};

/// The whole of it at once: candles of `timeframe` out of minutes (ascending). The last one is left
/// out unless it ends at or before `closed_before`.
[[nodiscard]] CandleSeries resample(CandleView minutes, Timeframe timeframe, DayBoundary boundary,
                                    time::Timestamp closed_before);

}  // namespace hts::market
