#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// The union of the symbols' candles by open time: bar t of the simulation is moment `time[t]`.
/// Does not own the candles.
class Timeline {
 public:
  /// Requires ascending open times in each view. O(bars * log symbols).
  explicit Timeline(std::span<const market::CandleView> candles);

  [[nodiscard]] std::size_t size() const noexcept { return time_.size(); }
  [[nodiscard]] std::span<const time::Timestamp> time() const noexcept { return time_; }
  /// The bar at which candle `index` of a symbol stands.
  [[nodiscard]] std::size_t bar_of(std::size_t symbol, std::size_t index) const noexcept {
    return bars_.empty() ? index : bars_[symbol][index];
  }
  /// Every symbol has a candle at every bar.
  [[nodiscard]] bool aligned() const noexcept { return bars_.empty(); }

 private:
  std::span<const time::Timestamp> time_;  ///< of the one symbol, or merged_
  std::vector<time::Timestamp> merged_;
  std::vector<std::vector<std::size_t>> bars_;  ///< by symbol; empty when all are alike
};

}  // namespace hts::backtest
