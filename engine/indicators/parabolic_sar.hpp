#pragma once

#include <algorithm>

#include "engine/indicators/warm_up.hpp"
#include "engine/market/candle.hpp"

namespace hts::indicators {

/// Wilder's parabolic stop and reverse: a stop that closes in on the price by `acceleration` of the
/// distance to the trend's extreme, faster with each new extreme up to `maximum`, and jumps to the
/// other side when touched. From the second candle on; the first two decide the first direction
/// (falling if the low fell further than the high rose). Formula: TA-Lib's. O(1).
class ParabolicSar {
 public:
  ParabolicSar(double acceleration, double maximum)
      : step_(std::min(acceleration, maximum)), maximum_(maximum), acceleration_(step_) {}

  double update(const market::Candle& candle) noexcept {
    const double high = std::exchange(previous_high_, candle.high);
    const double low = std::exchange(previous_low_, candle.low);
    if (!has_value(high)) return no_value;
    if (!has_value(stop_)) {
      const double down = low - candle.low;
      rising_ = !(down > 0 && down > candle.high - high);
      extreme_ = rising_ ? candle.high : candle.low;
      stop_ = rising_ ? low : high;
      // The first candle's own range does not hold the stop back.
      return advance(candle, candle.high, candle.low);
    }
    return advance(candle, high, low);
  }

  static void each(auto& self, auto& state) {
    state(self.acceleration_, self.previous_high_, self.previous_low_, self.stop_, self.extreme_,
          self.rising_);
  }

 private:
  /// Answers the stop for this candle and computes that of the next, which stays outside of the
  /// ranges of this candle and the one before.
  double advance(const market::Candle& candle, double high_before, double low_before) noexcept {
    const double floor = std::max(high_before, candle.high);
    const double ceiling = std::min(low_before, candle.low);
    const bool touched = rising_ ? candle.low <= stop_ : candle.high >= stop_;
    double answer = stop_;
    if (touched) {
      rising_ = !rising_;
      answer = rising_ ? std::min(extreme_, ceiling) : std::max(extreme_, floor);
      stop_ = answer;
      acceleration_ = step_;
      extreme_ = rising_ ? candle.high : candle.low;
    } else if (rising_ ? candle.high > extreme_ : candle.low < extreme_) {
      extreme_ = rising_ ? candle.high : candle.low;
      acceleration_ = std::min(acceleration_ + step_, maximum_);
    }
    stop_ += acceleration_ * (extreme_ - stop_);
    stop_ = rising_ ? std::min(stop_, ceiling) : std::max(stop_, floor);
    return answer;
  }

  double step_;
  double maximum_;
  double acceleration_;
  double previous_high_ = no_value;
  double previous_low_ = no_value;
  double stop_ = no_value;
  double extreme_ = no_value;
  bool rising_ = true;
};

}  // namespace hts::indicators
