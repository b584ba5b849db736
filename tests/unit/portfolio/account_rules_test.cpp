#include <gtest/gtest.h>

#include "scripted_market.hpp"

namespace hts::backtest::test {
namespace {

using trading::OrderType;
using trading::Side;
using trading::Sizing;
using trading::Slippage;

const std::vector<Ohlcv> flat_market(10, {100, 100, 100, 100});

double bought(Stage& stage) {
  const auto result = stage.play({{0, buy}});
  return result.fills.empty() ? 0 : result.fills[0].quantity;
}

TEST(SizingRules, decide_the_quantity) {
  Stage stage(flat_market);
  stage.settings.fees.taker_rate = 0.01;
  EXPECT_DOUBLE_EQ(bought(stage), 10'000 / 101.0);
  stage.settings.sizing = {Sizing::Rule::percent_of_equity, 50};
  EXPECT_DOUBLE_EQ(bought(stage), 5'000 / 101.0);
  stage.settings.sizing = {Sizing::Rule::fixed_cash, 1'010};
  EXPECT_DOUBLE_EQ(bought(stage), 10);
  stage.settings.sizing = {Sizing::Rule::fixed_quantity, 3};
  EXPECT_EQ(bought(stage), 3);
  stage.settings.sizing = {Sizing::Rule::fixed_quantity, 1'000};
  EXPECT_EQ(bought(stage), 0);  // refused, not shrunk
}

TEST(LotRules, round_down_and_refuse_what_is_too_small) {
  Stage stage(flat_market);
  stage.settings.lot.step = 7;
  EXPECT_EQ(bought(stage), 98);
  stage.settings.lot = {0, 0, 20'000};
  EXPECT_EQ(bought(stage), 0);
  stage.settings.lot = {0, 101, 0};
  EXPECT_EQ(bought(stage), 0);
  stage.settings.lot = {};
  stage.lots[0] = {50, 0, 0};
  EXPECT_EQ(bought(stage), 100);
}

TEST(LotRules, take_a_whole_number_of_steps_in_spite_of_rounding) {
  EXPECT_DOUBLE_EQ((trading::LotRule{0.1, 0, 0}.round_down(0.3, 1)), 0.3);
  EXPECT_DOUBLE_EQ((trading::LotRule{0.1, 0, 0}.round_down(0.3999, 1)), 0.3);
  EXPECT_EQ((trading::LotRule{1, 0, 0}.round_down(58.9999999, 1)), 58);
  EXPECT_EQ((trading::LotRule{1, 0, 0}.round_down(std::numeric_limits<double>::quiet_NaN(), 1)), 0);
}

TEST(Fees, have_a_minimum_and_tiers_by_traded_value) {
  Stage stage(flat_market);
  stage.settings.sizing = {Sizing::Rule::fixed_quantity, 10};
  stage.settings.fees.minimum = 5;
  stage.settings.fees.taker_rate = 0.001;
  stage.settings.fees.tiers = {{1'500, 0, 0.02}};
  const auto result = stage.play({{0, buy}, {1, sell}, {2, buy}, {3, sell}});
  ASSERT_EQ(result.fills.size(), 4U);
  EXPECT_EQ(result.fills[0].commission, 5);  // 0.1 % of 1,000 is below the minimum
  EXPECT_EQ(result.fills[1].commission, 5);
  EXPECT_EQ(result.fills[2].commission, 20);  // 2,000 were traded before
  EXPECT_DOUBLE_EQ(result.commission, 50);
  EXPECT_DOUBLE_EQ(result.equity.back(), 9'950);
}

TEST(Slippages, move_the_price_against_the_order) {
  Stage stage(flat_market);
  stage.settings.sizing = {Sizing::Rule::fixed_quantity, 10};
  const auto prices = [&](Slippage slippage) {
    stage.settings.slippage = slippage;
    const auto result = stage.play({{0, buy}, {1, sell}});
    return std::pair{result.fills.at(0).price, result.fills.at(1).price};
  };
  EXPECT_EQ(prices({Slippage::Model::fixed, 2}), std::pair(102.0, 98.0));
  EXPECT_EQ(prices({Slippage::Model::percent, 0.01}), std::pair(101.0, 99.0));
  EXPECT_EQ(prices({Slippage::Model::spread, 0.02}), std::pair(101.0, 99.0));
  const auto [in, out] = prices({Slippage::Model::volume_share, 100});
  EXPECT_DOUBLE_EQ(in, 101);  // 100 * (10 / 1,000)^2 of the price
  EXPECT_DOUBLE_EQ(out, 99);
  const auto result = stage.play({{0, buy}, {1, sell}});
  EXPECT_NEAR(result.trades.at(0).slippage_cost, 20, 1e-9);
}

TEST(Directions, say_what_a_signal_may_open) {
  Stage stage({{100, 100, 100, 100},
               {100, 100, 100, 100},
               {90, 90, 90, 90},
               {80, 80, 80, 80},
               {80, 80, 80, 80}});
  const Script script = {{0, sell}, {1, buy}, {2, sell}};
  stage.settings.direction = Direction::long_only;
  auto result = stage.play(script);
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_GT(result.trades[0].quantity, 0);
  stage.settings.direction = Direction::short_only;
  result = stage.play(script);
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_DOUBLE_EQ(result.trades[0].profit, 1'000);
  stage.settings.direction = Direction::both;
  result = stage.play(script);
  ASSERT_EQ(result.trades.size(), 3U);
  EXPECT_GT(result.trades[1].quantity, 0);
}

TEST(ExitSignals, close_and_open_nothing) {
  Stage stage(flat_market);
  stage.settings.direction = Direction::both;
  const auto result = stage.play({{0, [](strategies::Context& context) { context.exit_long(); }},
                                  {1, buy},
                                  {3, [](strategies::Context& context) { context.exit_long(); }},
                                  {5, sell},
                                  {7, [](strategies::Context& context) { context.exit_short(); }}});
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_EQ(result.trades[0].exit_bar, 4U);
  EXPECT_EQ(result.trades[1].exit_bar, 8U);
}

TEST(Excursions, tell_the_worst_and_best_price_while_it_was_open) {
  Stage stage({{100, 100, 100, 100}, {100, 110, 95, 100}, {100, 103, 90, 100}, {100, 150, 50, 60}});
  const auto result = stage.play({{0, buy}, {2, sell}});
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_NEAR(result.trades[0].adverse_excursion, -0.1, 1e-12);  // the exit is at the open of 100
  EXPECT_NEAR(result.trades[0].favourable_excursion, 0.1, 1e-12);
}

TEST(Liquidation, closes_a_borrowed_position_where_equity_meets_the_margin) {
  Stage stage({{100, 100, 100, 100}, {100, 100, 100, 100}, {100, 100, 70, 90}, {90, 90, 90, 90}});
  stage.settings.leverage = 4;
  stage.settings.maintenance_margin = 0.05;
  const auto result = stage.play({{0, buy}});
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_TRUE(result.liquidated);
  EXPECT_EQ(result.trades[0].reason, ExitReason::liquidation);
  EXPECT_EQ(result.trades[0].quantity, 400);
  // 10,000 + 400 (p - 100) = 0.05 * 400 p
  EXPECT_NEAR(result.trades[0].exit_price, 30'000 / 380.0, 1e-9);
  EXPECT_NEAR(result.equity.back(), 0.05 * 400 * 30'000 / 380.0, 1e-6);
}

TEST(Liquidation, a_gap_beyond_the_margin_closes_at_the_open) {
  Stage stage({{100, 100, 100, 100}, {100, 100, 100, 100}, {60, 61, 59, 60}});
  stage.settings.leverage = 2;
  const auto result = stage.play({{0, buy}});
  EXPECT_FALSE(result.liquidated);
  stage.settings.leverage = 4;
  const auto borrowed = stage.play({{0, buy}});
  EXPECT_TRUE(borrowed.liquidated);
  EXPECT_EQ(borrowed.trades.at(0).exit_price, 60);
}

TEST(Risk, the_number_of_positions_is_limited) {
  Stage stage({hourly(flat_market), hourly(flat_market)});
  stage.settings.sizing = {Sizing::Rule::percent_of_equity, 30};
  stage.settings.risk.max_positions = 1;
  const auto result = stage.play(std::vector<Script>{{{0, buy}}, {{0, buy}, {4, buy}}});
  EXPECT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.refused, 2U);
  EXPECT_EQ(result.refusals.at(0).symbol, 1U);
}

TEST(Risk, after_the_days_loss_limit_entries_wait_for_the_next_day) {
  std::vector<Ohlcv> candles(30, {100, 100, 100, 100});
  for (std::size_t i = 2; i < candles.size(); ++i) candles[i] = {90, 90, 90, 90};
  Stage stage(candles);
  stage.settings.risk.daily_loss_limit_pct = 5;
  const auto result = stage.play({{0, buy}, {2, sell}, {5, buy}, {25, buy}});
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_EQ(result.trades[1].entry_bar, 26U);
  EXPECT_EQ(result.refused, 1U);
}

TEST(Risk, a_price_beyond_the_allowed_slippage_is_not_taken) {
  Stage stage(flat_market);
  stage.settings.slippage = {Slippage::Model::percent, 0.02};
  stage.settings.risk.max_slippage_pct = 1;
  EXPECT_TRUE(stage.play({{0, buy}}).fills.empty());
}

TEST(Risk, a_symbol_takes_no_more_of_the_equity_than_its_exposure) {
  Stage stage(flat_market);
  stage.settings.sizing = {Sizing::Rule::percent_of_equity, 30};
  stage.settings.risk.max_exposure_pct = 50;
  const auto result = stage.play(std::vector<Script>{{{0, buy}}, {{1, buy}}});
  ASSERT_EQ(result.trades.size(), 1U);  // the second would make it 60 %
  ASSERT_EQ(result.refusals.size(), 1U);
  EXPECT_NE(result.refusals[0].reason.find("exposure"), std::string::npos);
}

TEST(SharedCash, symbols_with_different_candles_trade_on_one_account) {
  auto late = hourly(std::vector<Ohlcv>(4, {50, 50, 50, 50}));
  for (auto& moment : late.open_time) moment += std::chrono::hours{8};
  Stage stage({hourly(flat_market), late});
  stage.settings.sizing = {Sizing::Rule::percent_of_equity, 80};
  const auto result = stage.play(std::vector<Script>{{{0, buy}}, {{0, buy}}});
  EXPECT_EQ(result.time.size(), 12U);
  EXPECT_EQ(result.equity.size(), 12U);
  ASSERT_EQ(result.fills.size(), 4U);
  EXPECT_DOUBLE_EQ(result.fills[0].quantity, 80);
  EXPECT_DOUBLE_EQ(result.fills[1].quantity, 40);  // what is left of the cash: 2,000
  EXPECT_EQ(result.fills[1].time, result.time[9]);
}

TEST(Simulate, data_shorter_than_the_warm_up_are_refused_with_both_numbers) {
  const auto series = hourly(std::vector<Ohlcv>(5, {1, 1, 1, 1}));
  auto definition = strategies::define_strategy<Scripted>();
  definition.warm_up = [](const strategies::Parameters&) { return std::size_t{5}; };
  PortfolioPlan plan;
  Scripted::scripts() = {{}};
  plan.symbols = {market::Symbol::parse("KRW-BTC").value()};
  plan.slots = {{0, &definition, *strategies::resolve(definition.schema, {})}};
  const std::vector<market::CandleView> views = {series.view()};
  const auto result = simulate(plan, views);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("5 candles"), std::string::npos);
  EXPECT_NE(result.error().message.find("needs 6"), std::string::npos);
  definition.warm_up = nullptr;
  plan.settings.cash = -1;
  EXPECT_EQ(simulate(plan, views).error().field, "cash");
}

TEST(Simulate, ends_early_when_it_is_cancelled_and_tells_its_progress) {
  const auto series = hourly(std::vector<Ohlcv>(1'000, {1, 1, 1, 1}));
  const auto definition = strategies::define_strategy<Scripted>();
  PortfolioPlan plan;
  Scripted::scripts() = {{}};
  plan.symbols = {market::Symbol::parse("KRW-BTC").value()};
  plan.slots = {{0, &definition, *strategies::resolve(definition.schema, {})}};
  const std::vector<market::CandleView> views = {series.view()};
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(simulate(plan, views, {}, control).ok());
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  const std::atomic<bool> cancel{true};
  control.cancel = &cancel;
  EXPECT_EQ(simulate(plan, views, {}, control).error().code, result::ErrorCode::cancelled);
}

}  // namespace
}  // namespace hts::backtest::test
