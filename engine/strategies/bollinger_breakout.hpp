#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/deviation.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys when the close crosses strictly above the upper band and leaves when it crosses below the
/// middle; sells when it crosses strictly below the lower band and leaves when it crosses above the
/// middle. Bands include the present candle. O(1) a candle.
class BollingerBreakout {
 public:
  static constexpr std::string_view name = "bollinger_breakout";
  static constexpr std::string_view title = "Bollinger breakout";
  static constexpr std::string_view help =
      "Goes with a close that breaks out of the Bollinger bands, until the price is back at their "
      "middle.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit BollingerBreakout(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    const auto bands = bands_.update(candle.close);
    context.look_at({candle.close, bands.upper, bands.middle, bands.lower});
    const Cross upper = of_upper_.update(candle.close, bands.upper);
    const Cross middle = of_middle_.update(candle.close, bands.middle);
    const Cross lower = of_lower_.update(candle.close, bands.lower);
    if (upper == Cross::above) {
      context.buy(1);
    } else if (lower == Cross::below) {
      context.sell(1);
    } else if (middle == Cross::below) {
      context.exit_long();
    } else if (middle == Cross::above) {
      context.exit_short();
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) {
    state(self.bands_, self.of_upper_, self.of_middle_, self.of_lower_);
  }

 private:
  indicators::Bollinger bands_;
  Crossing of_upper_;
  Crossing of_middle_;
  Crossing of_lower_;
};

}  // namespace hts::strategies
