#include <gtest/gtest.h>

#include "scripted_market.hpp"

namespace hts::backtest::test {
namespace {

using trading::OrderRequest;
using trading::OrderType;
using trading::Side;
using trading::TimeInForce;

TEST(MarketOrder, fills_at_the_open_after_the_close_that_gave_it) {
  Stage stage({{10, 11, 9, 10}, {12, 13, 11, 12}, {13, 14, 12, 14}});
  const auto result = stage.play({{0, submit(order(Side::buy, OrderType::market, 2))}});
  ASSERT_EQ(result.fills.size(), 2U);
  EXPECT_EQ(result.fills[0].price, 12);
  EXPECT_EQ(result.fills[0].time, result.time[1]);
  EXPECT_EQ(result.trades.at(0).entry_bar, 1U);
}

TEST(MarketOrder, fills_at_the_same_close_when_the_setting_says_so) {
  Stage stage({{10, 11, 9, 10.5}, {12, 13, 11, 12}});
  stage.settings.fill_at = FillAt::close;
  const auto result = stage.play({{0, submit(order(Side::buy, OrderType::market, 2))}});
  EXPECT_EQ(result.fills.at(0).price, 10.5);
  EXPECT_EQ(result.fills.at(0).time, result.time[0]);
}

TEST(MarketOrder, given_on_the_last_candle_never_fills) {
  Stage stage({{10, 11, 9, 10}, {12, 13, 11, 12}});
  const auto result = stage.play({{1, submit(order(Side::buy, OrderType::market, 2))}});
  EXPECT_TRUE(result.fills.empty());
  EXPECT_EQ(result.equity.back(), 10'000);
}

OrderRequest limit(Side side, double quantity, double price) {
  auto request = order(side, OrderType::limit, quantity);
  request.limit_price = price;
  return request;
}
OrderRequest stop(Side side, double quantity, double price) {
  auto request = order(side, OrderType::stop, quantity);
  request.stop_price = price;
  return request;
}

TEST(LimitOrder, fills_at_its_price_once_the_candle_reaches_it) {
  Stage stage({{10, 11, 9, 10}, {10, 11, 9.5, 10}, {10, 10, 8, 9}, {9, 9, 9, 9}});
  const auto result = stage.play({{0, submit(limit(Side::buy, 1, 9))}});
  EXPECT_EQ(result.fills.at(0).price, 9);
  EXPECT_EQ(result.fills.at(0).time, result.time[2]);
}

TEST(LimitOrder, that_the_open_has_passed_fills_at_the_better_open) {
  Stage stage({{10, 11, 9, 10}, {8, 9, 7, 8}, {8, 8, 8, 8}});
  const auto result = stage.play({{0, submit(limit(Side::buy, 1, 9))}});
  EXPECT_EQ(result.fills.at(0).price, 8);
}

TEST(LimitOrder, pays_the_maker_fee_and_no_slippage) {
  Stage stage({{10, 11, 9, 10}, {10, 11, 9, 10}, {10, 10, 10, 10}});
  stage.settings.fees.maker_rate = 0.001;
  stage.settings.fees.taker_rate = 0.002;
  stage.settings.slippage = {trading::Slippage::Model::percent, 0.01};
  const auto result = stage.play({{0, submit(limit(Side::buy, 100, 9.5))}});
  EXPECT_EQ(result.fills.at(0).price, 9.5);
  EXPECT_DOUBLE_EQ(result.fills.at(0).commission, 100 * 9.5 * 0.001);
  EXPECT_DOUBLE_EQ(result.fills.at(1).price, 9.9);
  EXPECT_DOUBLE_EQ(result.fills.at(1).commission, 100 * 9.9 * 0.002);
}

TEST(StopOrder, fills_at_its_price_and_a_gap_through_it_at_the_open) {
  const Ohlcv first{10, 11, 9, 10};
  Stage inside({first, {10, 12, 10, 12}, {12, 12, 12, 12}});
  EXPECT_EQ(inside.play({{0, submit(stop(Side::buy, 1, 11.5))}}).fills.at(0).price, 11.5);
  Stage gap({first, {13, 14, 12, 13}, {13, 13, 13, 13}});
  EXPECT_EQ(gap.play({{0, submit(stop(Side::buy, 1, 11.5))}}).fills.at(0).price, 13);
}

TEST(StopLimitOrder, waits_as_a_limit_when_the_gap_went_beyond_it) {
  auto request = stop(Side::buy, 1, 11);
  request.type = OrderType::stop_limit;
  request.limit_price = 11.5;
  Stage stage({{10, 11, 9, 10}, {13, 14, 12.5, 13}, {13, 13, 11, 12}, {12, 12, 12, 12}});
  const auto result = stage.play({{0, submit(request)}});
  EXPECT_EQ(result.fills.at(0).time, result.time[2]);
  EXPECT_EQ(result.fills.at(0).price, 11.5);
}

TEST(TrailingStopOrder, follows_the_high_and_never_goes_back) {
  auto request = order(Side::sell, OrderType::trailing_stop, 1);
  request.trail_fraction = 0.1;
  Stage stage({{10, 10, 10, 10},
               {10, 10, 10, 10},
               {10, 20, 10, 19},
               {19, 19, 17.5, 18.5},
               {18.5, 18.5, 18.5, 18.5}});
  const auto result =
      stage.play({{0, submit(order(Side::buy, OrderType::market, 1))}, {1, submit(request)}});
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].exit_price, 18);  // a tenth below the high of 20
  EXPECT_EQ(result.trades[0].exit_bar, 3U);
}

TEST(OneCancelsOther, the_first_to_fill_cancels_the_rest_of_its_group) {
  auto target = limit(Side::sell, 1, 12);
  auto guard = stop(Side::sell, 1, 8);
  target.one_cancels_other = guard.one_cancels_other = 7;
  Stage stage({{10, 10, 10, 10}, {10, 10, 10, 10}, {10, 12.5, 9, 11}, {11, 11, 7, 7}});
  const auto result = stage.play(
      {{0, submit(order(Side::buy, OrderType::market, 1))}, {1, [&](strategies::Context& context) {
                                                               context.desk()->submit(target);
                                                               context.desk()->submit(guard);
                                                             }}});
  ASSERT_EQ(result.fills.size(), 2U);
  EXPECT_EQ(result.fills[1].price, 12);
}

TEST(TimeInForce, a_day_order_ends_with_its_utc_day) {
  std::vector<Ohlcv> candles(30, {10, 11, 9.5, 10});
  candles[25] = {10, 10, 8, 9};
  auto request = limit(Side::buy, 1, 9);
  Stage stage(candles);
  EXPECT_EQ(stage.play({{0, submit(request)}}).fills.size(), 2U);
  request.time_in_force = TimeInForce::day;
  EXPECT_TRUE(stage.play({{0, submit(request)}}).fills.empty());
}

TEST(TimeInForce, immediate_or_cancel_takes_what_the_first_candle_has) {
  auto request = order(Side::buy, OrderType::market, 500);
  Stage stage({{10, 10, 10, 10}, {10, 10, 10, 10, 100}, {10, 10, 10, 10, 1'000}});
  stage.settings.volume_share = 0.5;
  const auto patient = stage.play({{0, submit(request)}});
  EXPECT_EQ(patient.fills.at(0).quantity, 50);
  EXPECT_EQ(patient.fills.at(1).quantity, 450);
  request.time_in_force = TimeInForce::immediate_or_cancel;
  const auto hasty = stage.play({{0, submit(request)}});
  ASSERT_EQ(hasty.trades.size(), 1U);
  EXPECT_EQ(hasty.trades[0].quantity, 50);
  request.time_in_force = TimeInForce::fill_or_kill;
  const auto whole = stage.play({{0, submit(request)}});
  EXPECT_TRUE(whole.fills.empty());
  EXPECT_EQ(whole.refused, 1U);
}

TEST(ReduceOnly, never_opens_and_ends_with_the_position) {
  auto exit = limit(Side::sell, 5, 12);
  exit.reduce_only = true;
  Stage stage({{10, 10, 10, 10}, {10, 13, 10, 10}, {10, 13, 10, 10}, {10, 13, 10, 10}});
  const auto alone = stage.play({{0, submit(exit)}});
  EXPECT_TRUE(alone.fills.empty());
  const auto with = stage.play({{0, [&](strategies::Context& context) {
                                   context.desk()->submit(order(Side::buy, OrderType::market, 2));
                                   context.desk()->submit(exit);
                                 }}});
  ASSERT_EQ(with.trades.size(), 1U);
  EXPECT_EQ(with.trades[0].quantity, 2);
  EXPECT_EQ(with.trades[0].exit_price, 12);
}

TEST(Desk, shows_the_position_and_cancels_orders) {
  trading::PositionView seen;
  Stage stage({{10, 10, 10, 10}, {10, 12, 10, 12}, {12, 12, 5, 6}});
  const auto result =
      stage.play({{0,
                   [](strategies::Context& context) {
                     context.desk()->submit(order(Side::buy, OrderType::market, 3));
                     const auto id = context.desk()->submit(limit(Side::buy, 1, 5));
                     context.desk()->cancel(id);
                   }},
                  {1, [&](strategies::Context& context) { seen = context.desk()->position(); }}});
  EXPECT_EQ(seen.quantity, 3);
  EXPECT_EQ(seen.entry_price, 10);
  EXPECT_EQ(seen.unrealized, 6);
  EXPECT_EQ(result.trades.size(), 1U);
}

TEST(Desk, refuses_sizes_and_prices_that_are_no_numbers) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Stage stage({{10, 10, 10, 10}, {10, 10, 10, 10}});
  trading::OrderId id = 1;
  const auto result = stage.play(
      {{0, [&](strategies::Context& context) {
          for (const double bad : {nan, 0.0, -1.0, std::numeric_limits<double>::infinity()}) {
            id = context.desk()->submit(order(Side::buy, OrderType::market, bad));
            EXPECT_EQ(id, 0U);
            EXPECT_EQ(context.desk()->submit(limit(Side::buy, 1, bad)), 0U);
          }
        }}});
  EXPECT_EQ(result.refused, 8U);
  EXPECT_TRUE(result.fills.empty());
  EXPECT_EQ(result.refusals.size(), 8U);
}

}  // namespace
}  // namespace hts::backtest::test
