#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/channels.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// The turtles' rule on closes: buys a close above the highest high of the `entry` candles before
/// it and leaves it at a close below the lowest low of the `exit` candles before; the same mirrored
/// for short positions. A breakout that goes on signals again with each new extreme. O(1) a candle.
class DonchianBreakout {
 public:
  static constexpr std::string_view name = "donchian";
  static constexpr std::string_view title = "Donchian breakout (turtle)";
  static constexpr std::string_view help =
      "Buys a close above the highest high of the last candles, leaves below the lowest low of "
      "fewer.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  /// Error: lengths or levels out of order, with the field of one of them.
  [[nodiscard]] static result::Status check(const Parameters& parameters);
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit DonchianBreakout(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    context.look_at({candle.close, entry_before_.upper, entry_before_.lower, exit_before_.upper,
                     exit_before_.lower});
    if (candle.close > entry_before_.upper) {
      context.buy(1);
    } else if (candle.close < entry_before_.lower) {
      context.sell(1);
    } else if (indicators::has_value(entry_before_.upper) && candle.close < exit_before_.lower) {
      context.exit_long();
    } else if (indicators::has_value(entry_before_.upper) && candle.close > exit_before_.upper) {
      context.exit_short();
    }
    entry_before_ = entry_.update(candle);
    exit_before_ = exit_.update(candle);
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) {
    state(self.entry_, self.exit_, self.entry_before_, self.exit_before_);
  }

 private:
  indicators::Donchian entry_;
  indicators::Donchian exit_;
  indicators::Band entry_before_;  ///< of the candles before the present one
  indicators::Band exit_before_;
};

}  // namespace hts::strategies
