#pragma once

#include <cstddef>

#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/price_range.hpp"
#include "engine/indicators/strength.hpp"
#include "engine/market/candle.hpp"

/// Where the close lies in the range of the last candles. Conventions: moving_averages.hpp.
namespace hts::indicators {

/// 100 at the range's top, 0 at its bottom and in a range without height.
class FastStochastic {
 public:
  explicit FastStochastic(std::size_t period) : range_(period) {}

  double update(double high, double low, double close) noexcept {
    const auto [highest, lowest] = range_.update(high, low);
    const double hundredth = (highest - lowest) / 100;
    return hundredth == 0 ? 0 : (close - lowest) / hundredth;
  }

  static void each(auto& self, auto& state) { state(self.range_); }

 private:
  PriceRange range_;
};

/// Stochastic oscillator, 0 .. 100: `k` is the fast value's mean over `k_slowing`, `d` the mean of
/// `k` over `d_period`. Both begin with `d`.
class Stochastic {
 public:
  struct Value {
    double k = no_value;
    double d = no_value;
  };

  Stochastic(std::size_t k_period, std::size_t k_slowing, std::size_t d_period)
      : fast_(k_period), k_(k_slowing), d_(d_period) {}

  Value update(const market::Candle& candle) noexcept {
    const double fast = fast_.update(candle.high, candle.low, candle.close);
    if (!has_value(fast)) return {};
    const double k = k_.update(fast);
    if (!has_value(k)) return {};
    const double d = d_.update(k);
    return has_value(d) ? Value{k, d} : Value{};
  }

  static void each(auto& self, auto& state) { state(self.fast_, self.k_, self.d_); }

 private:
  FastStochastic fast_;
  Sma k_;
  Sma d_;
};

/// The fast stochastic of the RSI, 0 .. 100, and its mean over `d_period`. Both begin with `d`.
class StochasticRsi {
 public:
  using Value = Stochastic::Value;

  StochasticRsi(std::size_t period, std::size_t k_period, std::size_t d_period)
      : rsi_(period), fast_(k_period), d_(d_period) {}

  Value update(double value) noexcept {
    const double rsi = rsi_.update(value);
    if (!has_value(rsi)) return {};
    const double k = fast_.update(rsi, rsi, rsi);
    if (!has_value(k)) return {};
    const double d = d_.update(k);
    return has_value(d) ? Value{k, d} : Value{};
  }

  static void each(auto& self, auto& state) { state(self.rsi_, self.fast_, self.d_); }

 private:
  Rsi rsi_;
  FastStochastic fast_;
  Sma d_;
};

/// Williams %R, -100 (at the lowest low) .. 0 (at the highest high); 0 in a range without height.
class WilliamsR {
 public:
  explicit WilliamsR(std::size_t period) : range_(period) {}

  double update(const market::Candle& candle) noexcept {
    const auto [highest, lowest] = range_.update(candle.high, candle.low);
    const double hundredth = (highest - lowest) / -100;
    return hundredth == 0 ? 0 : (highest - candle.close) / hundredth;
  }

  static void each(auto& self, auto& state) { state(self.range_); }

 private:
  PriceRange range_;
};

}  // namespace hts::indicators
