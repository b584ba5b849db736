#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/indicators/moving_averages.hpp"
#include "engine/market/candle.hpp"

/// Ranges of candles. Conventions: moving_averages.hpp.
namespace hts::indicators {

/// The candle's range together with the gap from the close before; none for the first candle.
class TrueRange {
 public:
  double update(const market::Candle& candle) noexcept {
    const double before = std::exchange(previous_close_, candle.close);
    if (!has_value(before)) return no_value;
    return std::max(candle.high, before) - std::min(candle.low, before);
  }

  static void each(auto& self, auto& state) { state(self.previous_close_); }

 private:
  double previous_close_ = no_value;
};

/// Average true range, Wilder's smoothing, in the quote currency.
class Atr {
 public:
  explicit Atr(std::size_t period) : average_(period) {}

  double update(const market::Candle& candle) noexcept {
    const double range = range_.update(candle);
    return has_value(range) ? average_.update(range) : no_value;
  }

  static void each(auto& self, auto& state) { state(self.range_, self.average_); }

 private:
  TrueRange range_;
  Wilder average_;
};

/// The average true range in percent of the close.
class Natr {
 public:
  explicit Natr(std::size_t period) : range_(period) {}
  double update(const market::Candle& candle) noexcept {
    return range_.update(candle) / candle.close * 100;
  }
  static void each(auto& self, auto& state) { state(self.range_); }

 private:
  Atr range_;
};

/// Supertrend: a stop `multiplier` average true ranges from the candle's middle that only moves
/// with the trend. `direction` is 1 while the stop is below the price, -1 while it is above.
class Supertrend {
 public:
  struct Value {
    double value = no_value;
    double direction = no_value;
  };

  Supertrend(std::size_t period, double multiplier) : range_(period), multiplier_(multiplier) {}

  Value update(const market::Candle& candle) noexcept {
    const double before = std::exchange(previous_close_, candle.close);
    const double range = range_.update(candle);
    if (!has_value(range)) return {};
    const double middle = (candle.high + candle.low) / 2;
    const double lower = middle - multiplier_ * range;
    const double upper = middle + multiplier_ * range;
    lower_ = lower > lower_ || before < lower_ || !has_value(lower_) ? lower : lower_;
    upper_ = upper < upper_ || before > upper_ || !has_value(upper_) ? upper : upper_;
    rising_ = rising_ ? !(candle.close < lower_) : candle.close > upper_;
    return rising_ ? Value{lower_, 1} : Value{upper_, -1};
  }

  static void each(auto& self, auto& state) {
    state(self.range_, self.previous_close_, self.lower_, self.upper_, self.rising_);
  }

 private:
  Atr range_;
  double multiplier_;
  double previous_close_ = no_value;
  double lower_ = no_value;
  double upper_ = no_value;
  bool rising_ = false;
};

}  // namespace hts::indicators
