#pragma once

#include <cstddef>

namespace hts::trading {

/// What an account refuses, whoever trades it: a simulation and the paper account ask the same
/// rules before each order that opens or enlarges a position. 0 is no limit.
struct RiskRules {
  std::size_t max_positions = 0;    ///< open at the same time
  double daily_loss_limit_pct = 0;  ///< percent of the equity at the start of the UTC day
  double max_slippage_pct = 0;      ///< percent of the price; a fill beyond it does not happen
  double max_exposure_pct = 0;      ///< percent of the equity that one symbol's positions are worth

  enum class Refusal { none, too_many_positions, daily_loss, slippage, exposure };

  [[nodiscard]] bool any() const noexcept {
    return max_positions > 0 || daily_loss_limit_pct > 0 || max_slippage_pct > 0 ||
           max_exposure_pct > 0;
  }
  [[nodiscard]] Refusal check_entry(std::size_t open_positions, bool opens_another,
                                    double equity_at_day_start, double equity) const noexcept {
    if (max_positions > 0 && opens_another && open_positions >= max_positions) {
      return Refusal::too_many_positions;
    }
    if (daily_loss_limit_pct > 0 &&
        equity <= equity_at_day_start * (1 - daily_loss_limit_pct / 100)) {
      return Refusal::daily_loss;
    }
    return Refusal::none;
  }
  [[nodiscard]] Refusal check_price(double price, double slipped) const noexcept {
    const double away = slipped > price ? slipped - price : price - slipped;
    return max_slippage_pct > 0 && away > price * max_slippage_pct / 100 ? Refusal::slippage
                                                                         : Refusal::none;
  }
  /// `value` is what all positions in the symbol would be worth after the order.
  [[nodiscard]] Refusal check_exposure(double value, double equity) const noexcept {
    return max_exposure_pct > 0 && !(value <= equity * max_exposure_pct / 100) ? Refusal::exposure
                                                                               : Refusal::none;
  }

  friend bool operator==(const RiskRules&, const RiskRules&) = default;
};

}  // namespace hts::trading
