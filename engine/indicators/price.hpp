#pragma once

#include "engine/market/candle.hpp"

/// One number for a candle, without memory.
namespace hts::indicators {

[[nodiscard]] inline double typical_price(const market::Candle& candle) noexcept {
  return (candle.high + candle.low + candle.close) / 3;
}
[[nodiscard]] inline double median_price(const market::Candle& candle) noexcept {
  return (candle.high + candle.low) / 2;
}
[[nodiscard]] inline double weighted_close(const market::Candle& candle) noexcept {
  return (candle.high + candle.low + 2 * candle.close) / 4;
}
/// -1 .. 1: the body as a part of the range; 0 for a candle without range.
[[nodiscard]] inline double balance_of_power(const market::Candle& candle) noexcept {
  const double range = candle.high - candle.low;
  return range > 0 ? (candle.close - candle.open) / range : 0;
}

/// A function of one candle as an indicator.
template <double (*Function)(const market::Candle&) noexcept>
class CandleFunction {
 public:
  double update(const market::Candle& candle) noexcept { return Function(candle); }
  static void each(auto& /*self*/, auto& /*state*/) {}
};

using TypicalPrice = CandleFunction<typical_price>;
using MedianPrice = CandleFunction<median_price>;
using WeightedClose = CandleFunction<weighted_close>;
using BalanceOfPower = CandleFunction<balance_of_power>;

}  // namespace hts::indicators
