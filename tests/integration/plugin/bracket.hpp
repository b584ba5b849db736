#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/strategies/context.hpp"
#include "engine/strategies/strategy.hpp"

namespace hts::testing {

/// Uses all that a desk can do: entries by limit and stop that cancel each other, a protection,
/// sizes from the equity, cancels, an exit at market.
class Bracket {
 public:
  static constexpr std::string_view name = "bracket";
  static constexpr std::string_view title = "Bracket";
  static constexpr std::string_view help = "Buys a break out of a band or a dip below it.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = true;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"distance", 0.01, 0, 0.5, true, "fraction", "Of the band's borders."}};
  }
  explicit Bracket(const strategies::Parameters& parameters)
      : distance_(parameters.number("distance")) {}

  void on_candle(const market::Candle& candle, strategies::Context& context) {
    auto* desk = context.desk();
    if (desk == nullptr) return;
    ++seen_;
    const auto held = desk->position();
    if (held.flat()) {
      if (seen_ % 5 == 1) desk->cancel_all();
      trading::OrderRequest dip;
      dip.type = trading::OrderType::limit;
      dip.limit_price = candle.close * (1 - distance_);
      dip.quantity = desk->equity() / candle.close * 0.3;
      dip.one_cancels_other = static_cast<std::uint32_t>(seen_);
      dip.protection = {.stop_loss = 0.03, .take_profit = 0.02};
      trading::OrderRequest rise = dip;
      rise.type = trading::OrderType::stop;
      rise.stop_price = candle.close * (1 + distance_);
      const auto id = desk->submit(dip);
      (void)desk->submit(rise);
      if (seen_ % 7 == 0) desk->cancel(id);
    } else if (seen_ % 11 == 0 || held.unrealized < -200) {
      trading::OrderRequest exit;
      exit.side = trading::Side::sell;
      exit.quantity = held.quantity;
      exit.reduce_only = true;
      exit.time_in_force = trading::TimeInForce::immediate_or_cancel;
      (void)desk->submit(exit);
    }
    if (seen_ % 50 == 0) context.exit_long();
  }
  [[nodiscard]] std::vector<double> snapshot() const { return {static_cast<double>(seen_)}; }
  result::Status restore(std::span<const double> state) {
    seen_ = static_cast<std::int64_t>(state[0]);
    return result::success();
  }

 private:
  double distance_;
  std::int64_t seen_ = 0;
};

}  // namespace hts::testing
