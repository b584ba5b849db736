#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// The union of the symbols' candles by open time: bar t of a simulation is moment `time()[t]`.
/// Does not own the candles.
class Timeline {
 public:
  /// Requires ascending open times in each view. O(bars * symbols). Looks at `cancel`, which may be
  /// null, between two symbols; after a cancel it is incomplete.
  Timeline(std::span<const market::CandleView> candles, const std::atomic<bool>* cancel);
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return time_.size(); }
  [[nodiscard]] std::span<const time::Timestamp> time() const noexcept { return time_; }

 private:
  std::vector<time::Timestamp> merged_;    ///< empty when all symbols have the same times
  std::span<const time::Timestamp> time_;  ///< of the symbols, or merged_
};

}  // namespace hts::backtest
