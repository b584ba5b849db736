#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/oscillators.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys when the MACD line crosses strictly above its signal line and sells on the strict cross
/// below. The first candle that can signal is the one after both lines have a value. O(1) a candle.
class MacdCross {
 public:
  static constexpr std::string_view name = "macd";
  static constexpr std::string_view title = "MACD cross";
  static constexpr std::string_view help =
      "Buys when the MACD line crosses above its signal line, sells when it crosses below.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  /// Error: lengths or levels out of order, with the field of one of them.
  [[nodiscard]] static result::Status check(const Parameters& parameters);
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit MacdCross(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    const auto lines = lines_.update(candle.close);
    context.look_at({lines.macd, lines.signal});
    const Cross cross = crossing_.update(lines.macd, lines.signal, candle.close);
    if (cross == Cross::above) context.buy(1);
    if (cross == Cross::below) context.sell(1);
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) { state(self.lines_, self.crossing_); }

 private:
  indicators::Macd lines_;
  Crossing crossing_;
};

}  // namespace hts::strategies
