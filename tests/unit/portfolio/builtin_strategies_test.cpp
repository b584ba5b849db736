// The built-in strategies as a simulation follows them: entries, exits and stops.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "scripted_market.hpp"

namespace hts::backtest::test {
namespace {

PortfolioResult simulate_alone(const char* strategy,
                               const std::vector<strategies::NamedValue>& params,
                               const market::CandleSeries& candles) {
  const auto& definition = **strategies::find_strategy(strategy);
  PortfolioPlan plan;
  plan.symbols = {market::Symbol::parse("KRW-BTC").value()};
  plan.slots = {{0, &definition, strategies::resolve_for(definition, params).value()}};
  const std::vector<market::CandleView> views = {candles.view()};
  auto result = simulate(plan, views);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::move(result).value();
}

const std::string buys_at_100 = R"({"entry": {"left": "close", "operator": "==", "right": 100})";

TEST(RulesInASimulation, leave_at_their_stop_loss) {
  const auto candles =
      hourly({{100, 101, 99, 100}, {100, 102, 99, 101}, {101, 101, 90, 92}, {92, 93, 91, 92}});
  const auto result =
      simulate_alone("rules", {{"rules", buys_at_100 + R"(, "stop_loss_pct": 5})"}}, candles);
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].entry_bar, 1U);
  EXPECT_EQ(result.trades[0].exit_bar, 2U);
  EXPECT_EQ(result.trades[0].reason, ExitReason::stop_loss);
  EXPECT_DOUBLE_EQ(result.trades[0].exit_price, 95);
}

TEST(RulesInASimulation, leave_at_their_target) {
  const auto candles = hourly({{100, 101, 99, 100}, {100, 102, 99, 101}, {101, 125, 100, 120}});
  const auto result =
      simulate_alone("rules", {{"rules", buys_at_100 + R"(, "take_profit_pct": 20})"}}, candles);
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].reason, ExitReason::take_profit);
  EXPECT_DOUBLE_EQ(result.trades[0].exit_price, 120);
}

TEST(RulesInASimulation, an_exit_leaves_the_position_and_opens_none) {
  const auto candles = hourly(
      {{100, 101, 99, 100}, {100, 102, 99, 110}, {110, 111, 109, 109}, {109, 110, 108, 109}});
  const auto result = simulate_alone(
      "rules",
      {{"rules", buys_at_100 + R"(, "exit": {"left": "close", "operator": ">=", "right": 110}})"}},
      candles);
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].exit_bar, 2U);
  EXPECT_EQ(result.trades[0].reason, ExitReason::signal);
}

TEST(BuyAndHoldInASimulation, earns_what_the_market_does) {
  const auto candles = hourly({{100, 100, 100, 100}, {100, 150, 100, 150}, {150, 200, 150, 200}});
  const auto result = simulate_alone("buy_and_hold", {}, candles);
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].entry_price, 100);
  EXPECT_GT(result.trades[0].quantity, 0);
}

TEST(EveryBuiltinStrategy, trades_in_a_simulation) {
  const auto candles = market::make_synthetic_candles({}, time::from_milliseconds(0),
                                                      market::Timeframe::day(), 1'500, 3);
  for (const char* name :
       {"sma_cross", "ema_cross", "macd", "rsi_reversal", "bollinger_breakout", "donchian"}) {
    const auto result = simulate_alone(name, {}, candles);
    EXPECT_GT(result.trades.size(), 5U) << name;
  }
}

}  // namespace
}  // namespace hts::backtest::test
