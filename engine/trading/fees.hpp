#pragma once

#include <vector>

namespace hts::trading {

/// What a fill costs: a fraction of its value, lower from some traded volume on, and at least a
/// minimum. Amounts in the quote currency.
struct FeeSchedule {
  struct Tier {
    double traded_value = 0;  ///< from this sum of values traded on in the simulation
    double maker_rate = 0;    ///< fraction, 0.001 is 0.1 %
    double taker_rate = 0;

    friend bool operator==(const Tier&, const Tier&) = default;
  };

  double maker_rate = 0;    ///< resting limit orders
  double taker_rate = 0;    ///< everything else
  double minimum = 0;       ///< a fill, in the quote currency
  std::vector<Tier> tiers;  ///< ascending traded_value

  /// Fraction of a fill's value, before the minimum. O(tiers).
  [[nodiscard]] double rate(bool maker, double traded_before) const noexcept {
    double rate = maker ? maker_rate : taker_rate;
    for (const auto& tier : tiers) {
      if (traded_before >= tier.traded_value) rate = maker ? tier.maker_rate : tier.taker_rate;
    }
    return rate;
  }
  /// `value` is price * quantity, positive. O(tiers).
  [[nodiscard]] double fee(double value, bool maker, double traded_before) const noexcept {
    const double fee = value * rate(maker, traded_before);
    return fee < minimum ? minimum : fee;
  }

  friend bool operator==(const FeeSchedule&, const FeeSchedule&) = default;
};

}  // namespace hts::trading
