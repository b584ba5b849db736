#pragma once

#include <cmath>
#include <cstddef>

#include "engine/indicators/window_moments.hpp"

/// How far values scatter around their mean. Conventions: moving_averages.hpp.
namespace hts::indicators {

/// Population variance, in squared units of the series.
class Variance {
 public:
  explicit Variance(std::size_t period) : window_(period) {}
  double update(double value) noexcept { return window_.update(value).variance; }
  static void each(auto& self, auto& state) { state(self.window_); }

 private:
  WindowMoments window_;
};

/// Population standard deviation.
class StandardDeviation {
 public:
  explicit StandardDeviation(std::size_t period) : window_(period) {}
  double update(double value) noexcept { return std::sqrt(window_.update(value).variance); }
  static void each(auto& self, auto& state) { state(self.window_); }

 private:
  WindowMoments window_;
};

/// Bollinger bands: the mean and `deviations` population standard deviations above and below.
class Bollinger {
 public:
  struct Value {
    double upper;
    double middle;
    double lower;
  };

  Bollinger(std::size_t period, double deviations) : window_(period), deviations_(deviations) {}

  Value update(double value) noexcept {
    const auto [mean, variance] = window_.update(value);
    const double band = deviations_ * std::sqrt(variance);
    return {mean + band, mean, mean - band};
  }

  static void each(auto& self, auto& state) { state(self.window_); }

 private:
  WindowMoments window_;
  double deviations_;
};

/// How many population standard deviations the value is above its mean; 0 in a flat window.
class ZScore {
 public:
  explicit ZScore(std::size_t period) : window_(period) {}

  double update(double value) noexcept {
    const auto [mean, variance] = window_.update(value);
    return variance == 0 ? 0 : (value - mean) / std::sqrt(variance);
  }

  static void each(auto& self, auto& state) { state(self.window_); }

 private:
  WindowMoments window_;
};

}  // namespace hts::indicators
