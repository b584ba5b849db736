#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/indicators/change.hpp"
#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/price.hpp"
#include "engine/market/candle.hpp"

/// Conventions: moving_averages.hpp.
namespace hts::indicators {

/// Moving average convergence divergence: EMA(fast) - EMA(slow), the EMA of that (`signal`), and
/// their difference (`histogram`). As in TA-Lib both averages start at the same candle, so the fast
/// one's first mean is over the `fast` candles up to it. All three begin with `signal`.
/// Requires fast < slow.
class Macd {
 public:
  struct Value {
    double macd = no_value;
    double signal = no_value;
    double histogram = no_value;
  };

  Macd(std::size_t fast, std::size_t slow, std::size_t signal)
      : fast_(fast), slow_(slow), signal_(signal), fast_start_(slow - fast + 1) {}

  Value update(double value) noexcept {
    const double slow = slow_.update(value);
    if (!fast_start_.step()) return {};
    const double macd = fast_.update(value) - slow;
    if (!has_value(macd)) return {};
    const double signal = signal_.update(macd);
    return has_value(signal) ? Value{macd, signal, macd - signal} : Value{};
  }

  static void each(auto& self, auto& state) {
    state(self.fast_, self.slow_, self.signal_, self.fast_start_);
  }

 private:
  Ema fast_;
  Ema slow_;
  Ema signal_;
  WarmUp fast_start_;
};

/// Percentage price oscillator: EMA(fast) against EMA(slow) in percent, each started on its own.
class Ppo {
 public:
  Ppo(std::size_t fast, std::size_t slow) : fast_(fast), slow_(slow) {}

  double update(double value) noexcept {
    const double fast = fast_.update(value);
    const double slow = slow_.update(value);
    return slow == 0 ? 0 : (fast - slow) / slow * 100;
  }

  static void each(auto& self, auto& state) { state(self.fast_, self.slow_); }

 private:
  Ema fast_;
  Ema slow_;
};

/// Commodity channel index of the typical price: its distance from the mean in mean absolute
/// deviations over 0.015; 0 in a flat window. O(period) a candle: the mean moves with every candle.
class Cci {
 public:
  explicit Cci(std::size_t period) : prices_(period), mean_(period) {}

  double update(const market::Candle& candle) noexcept {
    const double price = typical_price(candle);
    prices_.push(price);
    const double mean = mean_.update(price);
    if (!has_value(mean)) return no_value;
    double deviations = 0;
    for (const double each_price : prices_.values()) deviations += std::abs(each_price - mean);
    const double distance = price - mean;
    if (distance == 0 || deviations == 0) return 0;
    return distance / (0.015 * (deviations / static_cast<double>(prices_.size())));
  }

  static void each(auto& self, auto& state) { state(self.prices_, self.mean_); }

 private:
  Ring prices_;
  Sma mean_;
};

/// Ultimate oscillator, 0 .. 100: buying pressure over true range on three horizons, weighted
/// 4 : 2 : 1.
class UltimateOscillator {
 public:
  UltimateOscillator(std::size_t shortest, std::size_t medium, std::size_t longest)
      : shortest_(shortest),
        medium_(medium),
        longest_(longest),
        warm_up_(std::max({shortest, medium, longest})) {}

  double update(const market::Candle& candle) noexcept {
    const double before = std::exchange(previous_close_, candle.close);
    if (!has_value(before)) return no_value;
    const double true_low = std::min(candle.low, before);
    const double pressure = candle.close - true_low;
    const double range = std::max(candle.high, before) - true_low;
    const double sum = 4 * shortest_.update(pressure, range) + 2 * medium_.update(pressure, range) +
                       longest_.update(pressure, range);
    return warm_up_.step() ? 100 * (sum / 7) : no_value;
  }

  static void each(auto& self, auto& state) {
    state(self.shortest_, self.medium_, self.longest_, self.previous_close_, self.warm_up_);
  }

 private:
  struct Horizon {
    explicit Horizon(std::size_t period) : pressure(period), range(period) {}
    double update(double new_pressure, double new_range) noexcept {
      pressure.push(new_pressure);
      range.push(new_range);
      return range.current() == 0 ? 0 : pressure.current() / range.current();
    }
    static void each(auto& self, auto& state) { state(self.pressure, self.range); }

    SlidingFold<SumFold> pressure;
    SlidingFold<SumFold> range;
  };

  Horizon shortest_;
  Horizon medium_;
  Horizon longest_;
  double previous_close_ = no_value;
  WarmUp warm_up_;
};

}  // namespace hts::indicators
