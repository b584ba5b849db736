#pragma once

#include <cmath>

#include "engine/trading/side.hpp"

namespace hts::trading {

/// How far from the price of the candle a taker's fill lies, always to its disadvantage. A resting
/// limit order has none.
struct Slippage {
  enum class Model {
    none,
    fixed,         ///< amount in the quote currency
    percent,       ///< amount is a fraction of the price, 0.0002 is 0.02 %
    spread,        ///< amount is the whole spread as a fraction of the price; half of it is paid
    volume_share,  ///< amount * (quantity / the candle's volume)^2, as a fraction of the price
  };
  Model model = Model::none;
  double amount = 0;

  /// The price after slippage; never below 0. A candle without volume counts as a share of 1.
  [[nodiscard]] double apply(double price, Side side, double quantity,
                             double candle_volume) const noexcept {
    double distance = 0;
    switch (model) {
      case Model::none:
        return price;
      case Model::fixed:
        distance = amount;
        break;
      case Model::percent:
        distance = price * amount;
        break;
      case Model::spread:
        distance = price * amount / 2;
        break;
      case Model::volume_share: {
        const double share =
            candle_volume > 0 ? std::fmin(std::fabs(quantity) / candle_volume, 1.0) : 1.0;
        distance = price * amount * share * share;
        break;
      }
    }
    const double moved = price + sign_of(side) * distance;
    return moved > 0 ? moved : 0;
  }

  friend bool operator==(const Slippage&, const Slippage&) = default;
};

}  // namespace hts::trading
