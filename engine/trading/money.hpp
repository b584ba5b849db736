#pragma once

#include <optional>

#include "engine/trading/fixed_point.hpp"

/// What a ledger counts with. Coins have prices far below one unit of money and quantities far
/// below one coin, hence their digits.
namespace hts::trading {

using Money = FixedPoint<8, struct MoneyTag>;       ///< quote currency
using Price = FixedPoint<12, struct PriceTag>;      ///< quote currency for one of the base
using CoinAmount = FixedPoint<18, struct CoinTag>;  ///< base currency

/// price * quantity, rounded half to even; nothing when it does not fit.
[[nodiscard]] inline std::optional<Money> value_of(Price price, CoinAmount quantity) noexcept {
  constexpr int surplus =
      Price::digits_behind_point + CoinAmount::digits_behind_point - Money::digits_behind_point;
  const auto units =
      fixed::multiply_divide(price.units(), quantity.units(), fixed::power_of_ten(surplus));
  if (!units) return std::nullopt;
  return Money::of_units(*units);
}

}  // namespace hts::trading
