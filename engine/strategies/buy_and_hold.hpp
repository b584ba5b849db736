#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys on the first candle and never sells.
class BuyAndHold {
 public:
  static constexpr std::string_view name = "buy_and_hold";
  static constexpr std::string_view title = "Buy and hold";
  static constexpr std::string_view help =
      "Buys on the first candle and never sells: what every other strategy has to beat.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);

  explicit BuyAndHold(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    if (bought_ || !(candle.close > 0)) return;
    bought_ = true;
    context.buy(1);
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) { state(self.bought_); }

 private:
  bool bought_ = false;
};

}  // namespace hts::strategies
