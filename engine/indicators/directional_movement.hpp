#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/indicators/volatility.hpp"
#include "engine/indicators/warm_up.hpp"
#include "engine/market/candle.hpp"

/// Wilder's directional movement system, all values 0 .. 100. Conventions: moving_averages.hpp;
/// periods from 2.
namespace hts::indicators {

/// Smoothed sums of up and down moves and of true ranges. They start as plain sums of period - 1
/// moves and lose a `period`-th with each move that comes.
class DirectionalMovement {
 public:
  explicit DirectionalMovement(std::size_t period)
      : period_(static_cast<double>(period)), warm_up_(period) {}

  /// False while warming up.
  bool update(const market::Candle& candle) noexcept {
    const double high = std::exchange(previous_high_, candle.high);
    const double low = std::exchange(previous_low_, candle.low);
    const double range = range_.update(candle);
    if (!has_value(range)) return false;
    const double up = candle.high - high;
    const double down = low - candle.low;
    const bool ready = warm_up_.step();
    const double keep = ready ? 1 : 0;
    plus_ += (up > 0 && up > down ? up : 0) - keep * (plus_ / period_);
    minus_ += (down > 0 && down > up ? down : 0) - keep * (minus_ / period_);
    ranges_ += range - keep * (ranges_ / period_);
    return ready;
  }

  [[nodiscard]] double plus() const noexcept { return ranges_ == 0 ? 0 : 100 * (plus_ / ranges_); }
  [[nodiscard]] double minus() const noexcept {
    return ranges_ == 0 ? 0 : 100 * (minus_ / ranges_);
  }
  /// How one-sided the movement is; no value when there is none.
  [[nodiscard]] double index() const noexcept {
    const double both = plus_ + minus_;
    return ranges_ == 0 || both == 0 ? no_value : 100 * (std::abs(plus_ - minus_) / both);
  }

  static void each(auto& self, auto& state) {
    state(self.range_, self.previous_high_, self.previous_low_, self.plus_, self.minus_,
          self.ranges_, self.warm_up_);
  }

 private:
  double period_;
  TrueRange range_;
  double previous_high_ = no_value;
  double previous_low_ = no_value;
  double plus_ = 0;
  double minus_ = 0;
  double ranges_ = 0;
  WarmUp warm_up_;
};

class PlusDi {
 public:
  explicit PlusDi(std::size_t period) : movement_(period) {}
  double update(const market::Candle& candle) noexcept {
    return movement_.update(candle) ? movement_.plus() : no_value;
  }
  static void each(auto& self, auto& state) { state(self.movement_); }

 private:
  DirectionalMovement movement_;
};

class MinusDi {
 public:
  explicit MinusDi(std::size_t period) : movement_(period) {}
  double update(const market::Candle& candle) noexcept {
    return movement_.update(candle) ? movement_.minus() : no_value;
  }
  static void each(auto& self, auto& state) { state(self.movement_); }

 private:
  DirectionalMovement movement_;
};

/// Directional movement index; a candle without any movement keeps the value before it, at first 0.
class Dx {
 public:
  explicit Dx(std::size_t period) : movement_(period) {}

  double update(const market::Candle& candle) noexcept {
    if (!movement_.update(candle)) return no_value;
    const double index = movement_.index();
    if (has_value(index)) value_ = index;
    return value_;
  }

  static void each(auto& self, auto& state) { state(self.movement_, self.value_); }

 private:
  DirectionalMovement movement_;
  double value_ = 0;
};

/// Average directional index: Wilder's smoothing of the movement index, starting from the mean of
/// its first `period` values. Without movement it stands still.
class Adx {
 public:
  explicit Adx(std::size_t period)
      : period_(static_cast<double>(period)), movement_(period), warm_up_(period) {}

  double update(const market::Candle& candle) noexcept {
    if (!movement_.update(candle)) return no_value;
    const double index = movement_.index();
    if (warm_up_.over()) {
      if (has_value(index)) value_ += (index - value_) / period_;
      return value_;
    }
    if (has_value(index)) value_ += index;
    if (!warm_up_.step()) return no_value;
    value_ /= period_;
    return value_;
  }

  static void each(auto& self, auto& state) { state(self.movement_, self.value_, self.warm_up_); }

 private:
  double period_;
  DirectionalMovement movement_;
  double value_ = 0;  ///< while warming up: the sum
  WarmUp warm_up_;
};

/// The mean of the average directional index now and period - 1 candles ago.
class Adxr {
 public:
  explicit Adxr(std::size_t period) : adx_(period), earlier_(period - 1) {}

  double update(const market::Candle& candle) noexcept {
    const double adx = adx_.update(candle);
    if (!has_value(adx)) return no_value;
    return (adx + earlier_.push(adx)) / 2;
  }

  static void each(auto& self, auto& state) { state(self.adx_, self.earlier_); }

 private:
  Adx adx_;
  Ring earlier_;
};

}  // namespace hts::indicators
