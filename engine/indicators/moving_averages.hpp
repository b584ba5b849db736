#pragma once

#include <cstddef>

#include "engine/indicators/sliding_fold.hpp"
#include "engine/indicators/warm_up.hpp"

/// Moving averages of one series. Every class here and in the headers beside it works the same way:
/// `update` takes the next value (or candle) and answers the indicator's value, `no_value` while it
/// warms up; O(1) amortised; copyable; one thread at a time. Values and warm-ups are TA-Lib's
/// (0.4, no unstable period) where it has the indicator. Periods are in candles, from 1 unless
/// stated.
namespace hts::indicators {

/// Sum over the last `period` values.
class Sum {
 public:
  explicit Sum(std::size_t period) : sum_(period), warm_up_(period) {}
  double update(double value) noexcept {
    sum_.push(value);
    return warm_up_.step() ? sum_.current() : no_value;
  }
  static void each(auto& self, auto& state) { state(self.sum_, self.warm_up_); }

 private:
  SlidingFold<SumFold> sum_;
  WarmUp warm_up_;
};

/// Mean of the last `period` values.
class Sma {
 public:
  explicit Sma(std::size_t period)
      : period_(static_cast<double>(period)), sum_(period), warm_up_(period) {}

  double update(double value) noexcept {
    sum_.push(value);
    return warm_up_.step() ? sum_.current() / period_ : no_value;
  }

  static void each(auto& self, auto& state) { state(self.sum_, self.warm_up_); }

 private:
  double period_;
  SlidingFold<SumFold> sum_;
  WarmUp warm_up_;
};

/// A mean that forgets: value += (x - value) * weight, starting from the mean of the first `period`
/// values.
class SmoothedMean {
 public:
  SmoothedMean(std::size_t period, double weight)
      : period_(static_cast<double>(period)), weight_(weight), warm_up_(period) {}

  double update(double value) noexcept {
    if (warm_up_.over()) [[likely]] {
      value_ += (value - value_) * weight_;
      return value_;
    }
    value_ += value;
    if (!warm_up_.step()) return no_value;
    value_ /= period_;
    return value_;
  }

  static void each(auto& self, auto& state) { state(self.value_, self.warm_up_); }

 private:
  double period_;
  double weight_;
  double value_ = 0;  ///< while warming up: the sum
  WarmUp warm_up_;
};

/// Exponential moving average, weight 2 / (period + 1).
class Ema : public SmoothedMean {
 public:
  explicit Ema(std::size_t period) : SmoothedMean(period, 2 / (static_cast<double>(period) + 1)) {}
};

/// Wilder's smoothing, weight 1 / period.
class Wilder : public SmoothedMean {
 public:
  explicit Wilder(std::size_t period) : SmoothedMean(period, 1 / static_cast<double>(period)) {}
};

/// Weighted: the newest value counts `period` times, the oldest once.
class Wma {
 public:
  explicit Wma(std::size_t period)
      : weights_(static_cast<double>(period) * (static_cast<double>(period) + 1) / 2),
        sum_(period),
        warm_up_(period) {}

  double update(double value) noexcept {
    sum_.push(WeightedSum::of(value));
    return warm_up_.step() ? sum_.current().weighted / weights_ : no_value;
  }

  static void each(auto& self, auto& state) { state(self.sum_, self.warm_up_); }

 private:
  double weights_;
  SlidingFold<WeightedSumFold> sum_;
  WarmUp warm_up_;
};

}  // namespace hts::indicators
