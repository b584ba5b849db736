#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/moving_averages.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys when the fast exponential moving average of closes crosses strictly above the slow one and
/// sells on the strict cross below. The first candle that can signal is the one after both averages
/// have a value. O(1) a candle.
class EmaCross {
 public:
  static constexpr std::string_view name = "ema_cross";
  static constexpr std::string_view title = "Exponential moving average cross";
  static constexpr std::string_view help =
      "Buys when the fast exponential average crosses above the slow one, sells when it crosses "
      "below.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  /// Error: lengths or levels out of order, with the field of one of them.
  [[nodiscard]] static result::Status check(const Parameters& parameters);
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit EmaCross(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    const double fast = fast_.update(candle.close);
    const double slow = slow_.update(candle.close);
    context.look_at({fast, slow});
    const Cross cross = crossing_.update(fast, slow);
    if (cross == Cross::above) context.buy(1);
    if (cross == Cross::below) context.sell(1);
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) { state(self.fast_, self.slow_, self.crossing_); }

 private:
  indicators::Ema fast_;
  indicators::Ema slow_;
  Crossing crossing_;
};

}  // namespace hts::strategies
