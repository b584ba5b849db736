#pragma once

#include <cstddef>

#include "engine/indicators/sliding_fold.hpp"
#include "engine/indicators/warm_up.hpp"

namespace hts::indicators {

/// Highest high and lowest low of the last `period` candles.
class PriceRange {
 public:
  struct Value {
    double highest = no_value;
    double lowest = no_value;
  };

  explicit PriceRange(std::size_t period) : highest_(period), lowest_(period), warm_up_(period) {}

  Value update(double high, double low) noexcept {
    highest_.push(high);
    lowest_.push(low);
    return warm_up_.step() ? Value{highest_.current(), lowest_.current()} : Value{};
  }

  static void each(auto& self, auto& state) { state(self.highest_, self.lowest_, self.warm_up_); }

 private:
  SlidingFold<MaximumFold> highest_;
  SlidingFold<MinimumFold> lowest_;
  WarmUp warm_up_;
};

}  // namespace hts::indicators
