#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "engine/strategies/context.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// A strategy that gives orders of every kind, some of which make no sense, as its seed draws them.
/// What it does rests on its position and the account's equity too.
namespace hts::test {

class OrderGiver {
 public:
  static constexpr std::string_view name = "order_giver";
  static constexpr std::string_view title = "Order giver";
  static constexpr std::string_view help = "Gives orders as they are drawn.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = true;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"seed", std::int64_t{1}, 1, 1e6, false, "", "Which draw."}};
  }
  /// The built-in strategies and this one from then on.
  static const strategies::StrategyDefinition& registered() {
    static const bool once =
        strategies::register_strategy(strategies::define_strategy<OrderGiver>()).ok();
    (void)once;
    return **strategies::find_strategy(name);
  }

  explicit OrderGiver(const strategies::Parameters& parameters)
      : drawn_(static_cast<std::uint32_t>(parameters.integer("seed"))) {}

  void on_candle(const market::Candle& candle, strategies::Context& context) {
    if (context.desk() == nullptr) return;
    auto& desk = *context.desk();
    const auto held = desk.position();
    if (below(8) == 0) desk.cancel_all();
    if (below(5) == 0) desk.cancel(newest_);
    if (below(3) == 0) {
      for (auto left = below(3) + 1; left > 0; --left) {
        if (const auto id = desk.submit(any_order(candle.close, desk.equity(), held))) newest_ = id;
      }
    }
    if (!held.flat() && held.unrealized < -0.01 * desk.equity()) {
      trading::OrderRequest exit;
      exit.side = held.quantity > 0 ? trading::Side::sell : trading::Side::buy;
      exit.reduce_only = true;
      (void)desk.submit(exit);
    }
    const auto signal = below(30);
    if (signal == 0) context.buy(1);
    if (signal == 1) context.sell(1, {0.01, 0.02, 0});
    if (signal == 2) context.exit_long();
  }
  [[nodiscard]] std::vector<double> snapshot() const {
    return {static_cast<double>(drawn_), static_cast<double>(newest_)};
  }
  [[nodiscard]] result::Status restore(std::span<const double> state) {
    if (state.size() != 2) return result::make_error(result::ErrorCode::conflict, "Damaged.");
    drawn_ = static_cast<std::uint32_t>(state[0]);
    newest_ = static_cast<trading::OrderId>(state[1]);
    return result::success();
  }

 private:
  std::uint32_t below(std::uint32_t count) {
    drawn_ = drawn_ * 1'664'525U + 1'013'904'223U;
    return (drawn_ >> 8U) % count;
  }
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(below(1'000'000)) / 1e6;
  }
  trading::OrderRequest any_order(double close, double equity, const trading::PositionView& held) {
    trading::OrderRequest request;
    request.side = below(2) == 0 ? trading::Side::buy : trading::Side::sell;
    request.type = static_cast<trading::OrderType>(below(5));
    if (below(3) != 0) request.quantity = equity / close * between(0.01, 0.6);
    if (!held.flat() && below(4) == 0) request.quantity = held.quantity;  // negative of a short one
    request.limit_price = close * between(0.98, 1.02);
    request.stop_price = close * between(0.98, 1.02);
    // What the type does not use may be anything.
    if (below(20) == 0) request.stop_price = std::numeric_limits<double>::quiet_NaN();
    request.trail_fraction = between(0.001, 0.03);
    request.time_in_force = static_cast<trading::TimeInForce>(below(4));
    request.reduce_only = below(4) == 0;
    request.one_cancels_other = below(4);
    if (below(3) == 0) {
      request.protection = {between(0, 0.03), between(0, 0.03), between(0, 0.03)};
    }
    return request;
  }

  std::uint32_t drawn_;
  trading::OrderId newest_ = 0;
};

}  // namespace hts::test
