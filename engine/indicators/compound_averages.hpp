#pragma once

#include <cmath>
#include <cstddef>

#include "engine/indicators/moving_averages.hpp"

/// Averages made of averages. Conventions: moving_averages.hpp.
namespace hts::indicators {

/// Double exponential: 2 e1 - e2, where e2 is the EMA of e1.
class Dema {
 public:
  explicit Dema(std::size_t period) : first_(period), second_(period) {}

  double update(double value) noexcept {
    const double once = first_.update(value);
    if (!has_value(once)) return no_value;
    return 2 * once - second_.update(once);
  }

  static void each(auto& self, auto& state) { state(self.first_, self.second_); }

 private:
  Ema first_;
  Ema second_;
};

/// The EMA of the EMA of the EMA, and the ones on the way.
class TripleEma {
 public:
  struct Value {
    double once;
    double twice;
    double thrice;
  };

  explicit TripleEma(std::size_t period) : first_(period), second_(period), third_(period) {}

  Value update(double value) noexcept {
    Value result{first_.update(value), no_value, no_value};
    if (has_value(result.once)) result.twice = second_.update(result.once);
    if (has_value(result.twice)) result.thrice = third_.update(result.twice);
    return result;
  }

  static void each(auto& self, auto& state) { state(self.first_, self.second_, self.third_); }

 private:
  Ema first_;
  Ema second_;
  Ema third_;
};

/// Triple exponential: 3 e1 - 3 e2 + e3.
class Tema {
 public:
  explicit Tema(std::size_t period) : averages_(period) {}

  double update(double value) noexcept {
    const auto average = averages_.update(value);
    return 3 * average.once - 3 * average.twice + average.thrice;
  }

  static void each(auto& self, auto& state) { state(self.averages_); }

 private:
  TripleEma averages_;
};

/// Triangular: the mean of means, so that the middle of the window counts most.
class Trima {
 public:
  explicit Trima(std::size_t period) : first_((period + 1) / 2), second_(period / 2 + 1) {}

  double update(double value) noexcept {
    const double once = first_.update(value);
    return has_value(once) ? second_.update(once) : no_value;
  }

  static void each(auto& self, auto& state) { state(self.first_, self.second_); }

 private:
  Sma first_;
  Sma second_;
};

/// Hull moving average: WMA over sqrt(period) of 2 WMA(period / 2) - WMA(period), both lengths
/// rounded down. Period from 2.
class HullMovingAverage {
 public:
  explicit HullMovingAverage(std::size_t period)
      : half_(period / 2),
        whole_(period),
        smoothing_(static_cast<std::size_t>(std::sqrt(static_cast<double>(period)))) {}

  double update(double value) noexcept {
    const double half = half_.update(value);
    const double whole = whole_.update(value);
    return has_value(whole) ? smoothing_.update(2 * half - whole) : no_value;
  }

  static void each(auto& self, auto& state) { state(self.half_, self.whole_, self.smoothing_); }

 private:
  Wma half_;
  Wma whole_;
  Wma smoothing_;
};

/// Kaufman's adaptive moving average: follows fast (like an EMA of 2) where the move over `period`
/// changes is all of the way there, and slowly (EMA of 30) in noise.
class Kama {
 public:
  explicit Kama(std::size_t period) : values_(period), path_(period), warm_up_(period + 1) {}

  double update(double value) noexcept {
    const double before = std::exchange(previous_, value);
    const double oldest = values_.push(value);
    if (has_value(before)) path_.push(std::abs(value - before));
    if (!warm_up_.step()) return no_value;
    if (!has_value(average_)) average_ = before;
    const double move = value - oldest;
    const double path = path_.current();
    // A path shorter than the move can only be rounding.
    const double efficiency = path <= move || path == 0 ? 1 : std::abs(move / path);
    constexpr double slowest = 2.0 / 31;
    constexpr double fastest = 2.0 / 3;
    const double weight = efficiency * (fastest - slowest) + slowest;
    average_ += (value - average_) * (weight * weight);
    return average_;
  }

  static void each(auto& self, auto& state) {
    state(self.values_, self.path_, self.previous_, self.average_, self.warm_up_);
  }

 private:
  Ring values_;
  SlidingFold<SumFold> path_;
  double previous_ = no_value;
  double average_ = no_value;
  WarmUp warm_up_;
};

}  // namespace hts::indicators
