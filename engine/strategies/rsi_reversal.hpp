#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/strength.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys when the relative strength index of closes crosses strictly back above `oversold` and sells
/// when it crosses strictly back below `overbought`. O(1) a candle.
class RsiReversal {
 public:
  static constexpr std::string_view name = "rsi_reversal";
  static constexpr std::string_view title = "RSI reversal";
  static constexpr std::string_view help =
      "Buys when the RSI comes back up from oversold, sells when it comes back down from "
      "overbought.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  /// Error: lengths or levels out of order, with the field of one of them.
  [[nodiscard]] static result::Status check(const Parameters& parameters);
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit RsiReversal(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    const double rsi = rsi_.update(candle.close);
    context.look_at({rsi});
    const Cross from_below = of_oversold_.update(rsi, oversold_);
    const Cross from_above = of_overbought_.update(rsi, overbought_);
    if (from_below == Cross::above) {
      context.buy(1);
    } else if (from_above == Cross::below) {
      context.sell(1);
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) {
    state(self.rsi_, self.of_oversold_, self.of_overbought_);
  }

 private:
  indicators::Rsi rsi_;
  double oversold_;
  double overbought_;
  Crossing of_oversold_;
  Crossing of_overbought_;
};

}  // namespace hts::strategies
