#pragma once

#include <cmath>
#include <cstddef>

#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/price.hpp"
#include "engine/indicators/sliding_fold.hpp"
#include "engine/indicators/warm_up.hpp"
#include "engine/market/candle.hpp"

/// Price moves weighed by volume. Conventions: moving_averages.hpp.
namespace hts::indicators {

/// A running sum that keeps what rounding takes from it (Neumaier), so that 1e8 candles do not make
/// it drift.
class RunningSum {
 public:
  void add(double value) noexcept {
    const double sum = sum_ + value;
    rest_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const noexcept { return sum_ + rest_; }

  static void each(auto& self, auto& state) { state(self.sum_, self.rest_); }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

/// On-balance volume: adds the volume of rising candles and takes away that of falling ones; the
/// first candle's counts as rising.
class Obv {
 public:
  double update(const market::Candle& candle) noexcept {
    const double before = std::exchange(previous_close_, candle.close);
    if (candle.close < before) {
      sum_.add(-candle.volume);
    } else if (candle.close != before) {
      sum_.add(candle.volume);
    }
    return sum_.value();
  }

  static void each(auto& self, auto& state) { state(self.sum_, self.previous_close_); }

 private:
  RunningSum sum_;
  double previous_close_ = no_value;
};

/// Volume signed by where in its range the candle closed: all of it at the high, minus all of it at
/// the low, 0 for a candle without range.
[[nodiscard]] inline double accumulated_volume(const market::Candle& candle) noexcept {
  const double range = candle.high - candle.low;
  if (!(range > 0)) return 0;
  return ((candle.close - candle.low) - (candle.high - candle.close)) / range * candle.volume;
}

/// Chaikin's accumulation / distribution line.
class AccumulationDistribution {
 public:
  double update(const market::Candle& candle) noexcept {
    sum_.add(accumulated_volume(candle));
    return sum_.value();
  }
  static void each(auto& self, auto& state) { state(self.sum_); }

 private:
  RunningSum sum_;
};

/// Chaikin oscillator: a fast less a slow EMA of the accumulation / distribution line, both
/// starting at its first value.
class ChaikinOscillator {
 public:
  ChaikinOscillator(std::size_t fast, std::size_t slow)
      : fast_weight_(2 / (static_cast<double>(fast) + 1)),
        slow_weight_(2 / (static_cast<double>(slow) + 1)),
        warm_up_(slow > fast ? slow : fast) {}

  double update(const market::Candle& candle) noexcept {
    const double line = line_.update(candle);
    fast_ = has_value(fast_) ? fast_ + (line - fast_) * fast_weight_ : line;
    slow_ = has_value(slow_) ? slow_ + (line - slow_) * slow_weight_ : line;
    return warm_up_.step() ? fast_ - slow_ : no_value;
  }

  static void each(auto& self, auto& state) {
    state(self.line_, self.fast_, self.slow_, self.warm_up_);
  }

 private:
  AccumulationDistribution line_;
  double fast_weight_;
  double slow_weight_;
  double fast_ = no_value;
  double slow_ = no_value;
  WarmUp warm_up_;
};

/// Sums over the last `period` candles, one divided by the other.
class WindowRatio {
 public:
  explicit WindowRatio(std::size_t period) : above_(period), below_(period), warm_up_(period) {}

  /// `otherwise` is the answer when the divisor is 0.
  double update(double above, double below, double otherwise) noexcept {
    above_.push(above);
    below_.push(below);
    if (!warm_up_.step()) return no_value;
    return below_.current() == 0 ? otherwise : above_.current() / below_.current();
  }

  static void each(auto& self, auto& state) { state(self.above_, self.below_, self.warm_up_); }

 private:
  SlidingFold<SumFold> above_;
  SlidingFold<SumFold> below_;
  WarmUp warm_up_;
};

/// Money flow index, 0 .. 100: the money (typical price times volume) of candles whose typical
/// price rose, as a part of that of all which moved; 0 when no money moved. TA-Lib also answers 0
/// when less than one unit of money moved, which would silence markets quoted in bitcoin.
class Mfi {
 public:
  explicit Mfi(std::size_t period) : ratio_(period) {}

  double update(const market::Candle& candle) noexcept {
    const double price = typical_price(candle);
    const double before = std::exchange(previous_, price);
    if (!has_value(before)) return no_value;
    const double money = price * candle.volume;
    return 100 * ratio_.update(price > before ? money : 0, price == before ? 0 : money, 0);
  }

  static void each(auto& self, auto& state) { state(self.ratio_, self.previous_); }

 private:
  WindowRatio ratio_;
  double previous_ = no_value;
};

/// Volume-weighted average of the typical price over the last candles; without any volume the last
/// typical price.
class Vwap {
 public:
  explicit Vwap(std::size_t period) : ratio_(period) {}
  double update(const market::Candle& candle) noexcept {
    const double price = typical_price(candle);
    return ratio_.update(price * candle.volume, candle.volume, price);
  }
  static void each(auto& self, auto& state) { state(self.ratio_); }

 private:
  WindowRatio ratio_;
};

/// Volume-weighted moving average of the close; without any volume the last close.
class Vwma {
 public:
  explicit Vwma(std::size_t period) : ratio_(period) {}
  double update(const market::Candle& candle) noexcept {
    return ratio_.update(candle.close * candle.volume, candle.volume, candle.close);
  }
  static void each(auto& self, auto& state) { state(self.ratio_); }

 private:
  WindowRatio ratio_;
};

/// Chaikin money flow, -1 .. 1: accumulated volume as a part of all; 0 without volume.
class ChaikinMoneyFlow {
 public:
  explicit ChaikinMoneyFlow(std::size_t period) : ratio_(period) {}
  double update(const market::Candle& candle) noexcept {
    return ratio_.update(accumulated_volume(candle), candle.volume, 0);
  }
  static void each(auto& self, auto& state) { state(self.ratio_); }

 private:
  WindowRatio ratio_;
};

/// Quote currency that changed hands over the last `period` candles, taking every trade at its
/// candle's typical price.
class TradeAmount {
 public:
  explicit TradeAmount(std::size_t period) : sum_(period) {}
  double update(const market::Candle& candle) noexcept {
    return sum_.update(typical_price(candle) * candle.volume);
  }
  static void each(auto& self, auto& state) { state(self.sum_); }

 private:
  Sum sum_;
};

}  // namespace hts::indicators
