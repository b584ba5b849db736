#pragma once

#include <cmath>
#include <cstddef>

#include "engine/indicators/compound_averages.hpp"
#include "engine/indicators/moving_averages.hpp"

/// What a series did over some candles. Conventions: moving_averages.hpp.
namespace hts::indicators {

/// `to` against `from` in percent; 0 when there is nothing to compare with.
[[nodiscard]] inline double change_pct(double from, double to) noexcept {
  return from == 0 ? 0 : (to / from - 1) * 100;
}

/// Difference to the value `period` candles ago.
class Momentum {
 public:
  explicit Momentum(std::size_t period) : values_(period) {}
  double update(double value) noexcept { return value - values_.push(value); }
  static void each(auto& self, auto& state) { state(self.values_); }

 private:
  Ring values_;
};

/// Percent above the value `period` candles ago.
class RateOfChange {
 public:
  explicit RateOfChange(std::size_t period) : values_(period) {}
  double update(double value) noexcept { return change_pct(values_.push(value), value); }
  static void each(auto& self, auto& state) { state(self.values_); }

 private:
  Ring values_;
};

/// Percent change of the triple EMA from candle to candle.
class Trix {
 public:
  explicit Trix(std::size_t period) : averages_(period), previous_(1) {}

  double update(double value) noexcept {
    const double average = averages_.update(value).thrice;
    return has_value(average) ? previous_.update(average) : no_value;
  }

  static void each(auto& self, auto& state) { state(self.averages_, self.previous_); }

 private:
  TripleEma averages_;
  RateOfChange previous_;
};

/// Percent above the simple moving average (disparity).
class MaDivergence {
 public:
  explicit MaDivergence(std::size_t period) : average_(period) {}
  double update(double value) noexcept { return change_pct(average_.update(value), value); }
  static void each(auto& self, auto& state) { state(self.average_); }

 private:
  Sma average_;
};

/// Order of three simple moving averages: 1 while the shorter ones are above the longer ones, -1
/// while they are below, else 0. Averages within 1e-12 of each other are in no order.
class MaAlignment {
 public:
  MaAlignment(std::size_t shortest, std::size_t medium, std::size_t longest)
      : shortest_(shortest), medium_(medium), longest_(longest) {}

  double update(double value) noexcept {
    const double first = shortest_.update(value);
    const double second = medium_.update(value);
    const double third = longest_.update(value);
    if (!has_value(first + second + third)) return no_value;
    if (above(first, second) && above(second, third)) return 1;
    if (above(third, second) && above(second, first)) return -1;
    return 0;
  }

  static void each(auto& self, auto& state) { state(self.shortest_, self.medium_, self.longest_); }

 private:
  static bool above(double a, double b) noexcept { return a - b > 1e-12 * std::abs(b); }

  Sma shortest_;
  Sma medium_;
  Sma longest_;
};

}  // namespace hts::indicators
