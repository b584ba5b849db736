#pragma once

#include <cstddef>

#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/price_range.hpp"
#include "engine/indicators/volatility.hpp"

/// Bands and levels from highs and lows. Every window includes the present candle.
/// Conventions: moving_averages.hpp.
namespace hts::indicators {

class Highest {
 public:
  explicit Highest(std::size_t period) : highest_(period), warm_up_(period) {}
  double update(double value) noexcept {
    highest_.push(value);
    return warm_up_.step() ? highest_.current() : no_value;
  }
  static void each(auto& self, auto& state) { state(self.highest_, self.warm_up_); }

 private:
  SlidingFold<MaximumFold> highest_;
  WarmUp warm_up_;
};

class Lowest {
 public:
  explicit Lowest(std::size_t period) : lowest_(period), warm_up_(period) {}
  double update(double value) noexcept {
    lowest_.push(value);
    return warm_up_.step() ? lowest_.current() : no_value;
  }
  static void each(auto& self, auto& state) { state(self.lowest_, self.warm_up_); }

 private:
  SlidingFold<MinimumFold> lowest_;
  WarmUp warm_up_;
};

/// Half-way between the highest and the lowest value.
class Midpoint {
 public:
  explicit Midpoint(std::size_t period) : range_(period) {}
  double update(double value) noexcept {
    const auto [highest, lowest] = range_.update(value, value);
    return (highest + lowest) / 2;
  }
  static void each(auto& self, auto& state) { state(self.range_); }

 private:
  PriceRange range_;
};

/// Half-way between the highest high and the lowest low.
class Midprice {
 public:
  explicit Midprice(std::size_t period) : range_(period) {}
  double update(const market::Candle& candle) noexcept {
    const auto [highest, lowest] = range_.update(candle.high, candle.low);
    return (highest + lowest) / 2;
  }
  static void each(auto& self, auto& state) { state(self.range_); }

 private:
  PriceRange range_;
};

struct Band {
  double upper = no_value;
  double middle = no_value;
  double lower = no_value;

  static void each(auto& self, auto& state) { state(self.upper, self.middle, self.lower); }
};

/// Donchian channel: highest high, lowest low and half-way between them.
class Donchian {
 public:
  explicit Donchian(std::size_t period) : range_(period) {}
  Band update(const market::Candle& candle) noexcept {
    const auto [highest, lowest] = range_.update(candle.high, candle.low);
    return {highest, (highest + lowest) / 2, lowest};
  }
  static void each(auto& self, auto& state) { state(self.range_); }

 private:
  PriceRange range_;
};

/// Keltner channel: the close's EMA and `multiplier` average true ranges above and below.
class Keltner {
 public:
  Keltner(std::size_t period, std::size_t atr_period, double multiplier)
      : middle_(period), range_(atr_period), multiplier_(multiplier) {}

  Band update(const market::Candle& candle) noexcept {
    const double middle = middle_.update(candle.close);
    const double half = multiplier_ * range_.update(candle);
    return has_value(middle + half) ? Band{middle + half, middle, middle - half} : Band{};
  }

  static void each(auto& self, auto& state) { state(self.middle_, self.range_); }

 private:
  Ema middle_;
  Atr range_;
  double multiplier_;
};

/// Ichimoku Kinko Hyo without the lagging line, which is the close drawn into the past. The cloud
/// (`span_a`, `span_b`) is the one over the present candle: computed `displacement` - 1 candles ago
/// and drawn ahead, as charts do that count the present candle. Each line begins when it can.
class Ichimoku {
 public:
  struct Value {
    double conversion;
    double base;
    double span_a;
    double span_b;
  };

  Ichimoku(std::size_t conversion, std::size_t base, std::size_t span_b, std::size_t displacement)
      : conversion_(conversion),
        base_(base),
        span_b_(span_b),
        drawn_a_(displacement),
        drawn_b_(displacement) {}

  Value update(const market::Candle& candle) noexcept {
    const double conversion = conversion_.update(candle);
    const double base = base_.update(candle);
    drawn_a_.push((conversion + base) / 2);
    drawn_b_.push(span_b_.update(candle));
    return {conversion, base, drawn_a_.back(drawn_a_.size() - 1),
            drawn_b_.back(drawn_b_.size() - 1)};
  }

  static void each(auto& self, auto& state) {
    state(self.conversion_, self.base_, self.span_b_, self.drawn_a_, self.drawn_b_);
  }

 private:
  Midprice conversion_;
  Midprice base_;
  Midprice span_b_;
  Ring drawn_a_;
  Ring drawn_b_;
};

}  // namespace hts::indicators
