#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/indicators/moving_averages.hpp"

/// Rises against falls. Conventions: moving_averages.hpp; periods from 2.
namespace hts::indicators {

/// Wilder's smoothed rise and fall from value to value.
class RisesAndFalls {
 public:
  struct Value {
    double rise = no_value;
    double fall = no_value;
  };

  explicit RisesAndFalls(std::size_t period) : rise_(period), fall_(period) {}

  Value update(double value) noexcept {
    const double before = std::exchange(previous_, value);
    if (!has_value(before)) return {};
    return {rise_.update(std::max(value - before, 0.0)),
            fall_.update(std::max(before - value, 0.0))};
  }

  static void each(auto& self, auto& state) { state(self.rise_, self.fall_, self.previous_); }

 private:
  Wilder rise_;
  Wilder fall_;
  double previous_ = no_value;
};

/// Relative strength index, 0 .. 100; 0 when nothing moved.
class Rsi {
 public:
  explicit Rsi(std::size_t period) : moves_(period) {}

  double update(double value) noexcept {
    const auto [rise, fall] = moves_.update(value);
    return rise + fall == 0 ? 0 : 100 * (rise / (rise + fall));
  }

  static void each(auto& self, auto& state) { state(self.moves_); }

 private:
  RisesAndFalls moves_;
};

/// Chande momentum oscillator, -100 .. 100, with Wilder's smoothing; 0 when nothing moved.
class Cmo {
 public:
  explicit Cmo(std::size_t period) : moves_(period) {}

  double update(double value) noexcept {
    const auto [rise, fall] = moves_.update(value);
    return rise + fall == 0 ? 0 : 100 * ((rise - fall) / (rise + fall));
  }

  static void each(auto& self, auto& state) { state(self.moves_); }

 private:
  RisesAndFalls moves_;
};

}  // namespace hts::indicators
