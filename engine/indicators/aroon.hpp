#pragma once

#include <cstddef>
#include <vector>

#include "engine/indicators/warm_up.hpp"
#include "engine/market/candle.hpp"

namespace hts::indicators {

/// How many pushes ago the highest of the last `window` values came, the latest of equals. A queue
/// of the values that no later one reaches; O(1) amortised.
class SlidingHighest {
 public:
  /// Requires window >= 1.
  explicit SlidingHighest(std::size_t window) : values_(window), places_(window) {}

  /// Takes a value in and the oldest out; the highest one's age, 0 for the value itself.
  std::size_t push(double value) noexcept {
    const std::size_t now = pushed_++;
    if (size_ == values_.size() || (size_ > 0 && places_[first_] + values_.size() <= now)) {
      first_ = slot(1);
      --size_;
    }
    while (size_ > 0 && !(values_[slot(size_ - 1)] > value)) --size_;
    const std::size_t last = slot(size_++);
    values_[last] = value;
    places_[last] = now;
    return now - places_[first_];
  }

  static void each(auto& self, auto& state) {
    state(self.values_, self.places_, self.pushed_);
    state.index(self.first_, self.values_.size());
    state.index(self.size_, self.values_.size() + 1);
  }

 private:
  [[nodiscard]] std::size_t slot(std::size_t offset) const noexcept {
    const std::size_t place = first_ + offset;
    return place < values_.size() ? place : place - values_.size();
  }

  std::vector<double> values_;
  std::vector<std::size_t> places_;  ///< push numbers, beside values_
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t pushed_ = 0;
};

/// Aroon, 0 .. 100: how recently, within `period` candles, the lowest low (`down`) and the highest
/// high (`up`) came; 100 is now. Of equals the latest counts. Formula: TA-Lib's.
class Aroon {
 public:
  struct Value {
    double down = no_value;
    double up = no_value;
  };

  explicit Aroon(std::size_t period)
      : period_(static_cast<double>(period)),
        lowest_(period + 1),
        highest_(period + 1),
        warm_up_(period + 1) {}

  Value update(const market::Candle& candle) noexcept {
    const std::size_t low_age = lowest_.push(-candle.low);
    const std::size_t high_age = highest_.push(candle.high);
    return warm_up_.step() ? Value{recency(low_age), recency(high_age)} : Value{};
  }

  static void each(auto& self, auto& state) { state(self.lowest_, self.highest_, self.warm_up_); }

 private:
  [[nodiscard]] double recency(std::size_t age) const noexcept {
    return 100 * (period_ - static_cast<double>(age)) / period_;
  }

  double period_;
  SlidingHighest lowest_;  ///< of the negated lows
  SlidingHighest highest_;
  WarmUp warm_up_;
};

}  // namespace hts::indicators
