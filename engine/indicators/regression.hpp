#pragma once

#include <cstddef>

#include "engine/indicators/sliding_fold.hpp"
#include "engine/indicators/warm_up.hpp"

/// The least-squares line through the last `period` values. Conventions: moving_averages.hpp;
/// periods from 2.
namespace hts::indicators {

class RegressionLine {
 public:
  struct Value {
    double last = no_value;   ///< the line at the newest value
    double slope = no_value;  ///< per candle
  };

  explicit RegressionLine(std::size_t period)
      : period_(static_cast<double>(period)), sums_(period), warm_up_(period) {}

  Value update(double value) noexcept {
    sums_.push(WeightedSum::of(value));
    if (!warm_up_.step()) return {};
    const auto& sums = sums_.current();
    const double slope =
        12 * (sums.weighted - (period_ + 1) / 2 * sums.sum) / (period_ * (period_ * period_ - 1));
    return {sums.sum / period_ + slope * (period_ - 1) / 2, slope};
  }

  static void each(auto& self, auto& state) { state(self.sums_, self.warm_up_); }

 private:
  double period_;
  SlidingFold<WeightedSumFold> sums_;
  WarmUp warm_up_;
};

/// Where the line ends: a mean without lag in a trend.
class LinearRegression {
 public:
  explicit LinearRegression(std::size_t period) : line_(period) {}
  double update(double value) noexcept { return line_.update(value).last; }
  static void each(auto& self, auto& state) { state(self.line_); }

 private:
  RegressionLine line_;
};

/// The line's rise, in units of the series per candle.
class LinearRegressionSlope {
 public:
  explicit LinearRegressionSlope(std::size_t period) : line_(period) {}
  double update(double value) noexcept { return line_.update(value).slope; }
  static void each(auto& self, auto& state) { state(self.line_); }

 private:
  RegressionLine line_;
};

}  // namespace hts::indicators
