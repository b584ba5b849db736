#include <gtest/gtest.h>

#include "scripted_market.hpp"

namespace hts::backtest::test {
namespace {

using trading::OrderType;
using trading::Side;

auto buy_guarded(trading::Protection protection) {
  return [protection](strategies::Context& context) { context.buy(1, protection); };
}

TEST(Protection, a_stop_fills_at_its_price_and_a_gap_through_it_at_the_open) {
  Stage inside({{100, 100, 100, 100}, {100, 101, 99, 100}, {100, 100, 94, 96}});
  const auto hit = inside.play({{0, buy_guarded({0.05, 0, 0})}});
  EXPECT_DOUBLE_EQ(hit.trades.at(0).exit_price, 95);
  EXPECT_EQ(hit.trades[0].reason, ExitReason::stop_loss);
  Stage gap({{100, 100, 100, 100}, {100, 101, 99, 100}, {90, 92, 89, 91}});
  EXPECT_EQ(gap.play({{0, buy_guarded({0.05, 0, 0})}}).trades.at(0).exit_price, 90);
}

TEST(Protection, a_target_fills_at_its_price_and_a_gap_through_it_at_the_better_open) {
  Stage inside({{100, 100, 100, 100}, {100, 101, 99, 100}, {100, 111, 100, 105}});
  const auto hit = inside.play({{0, buy_guarded({0, 0.1, 0})}});
  EXPECT_DOUBLE_EQ(hit.trades.at(0).exit_price, 110);
  EXPECT_EQ(hit.trades[0].reason, ExitReason::take_profit);
  Stage gap({{100, 100, 100, 100}, {100, 101, 99, 100}, {115, 116, 114, 115}});
  EXPECT_EQ(gap.play({{0, buy_guarded({0, 0.1, 0})}}).trades.at(0).exit_price, 115);
}

TEST(Protection, with_stop_and_target_in_one_candle_the_rule_decides_and_the_candle_is_counted) {
  Stage stage({{100, 100, 100, 100}, {100, 101, 99, 100}, {100, 112, 94, 100}});
  const auto pessimistic = stage.play({{0, buy_guarded({0.05, 0.1, 0})}});
  EXPECT_DOUBLE_EQ(pessimistic.trades.at(0).exit_price, 95);
  EXPECT_EQ(pessimistic.ambiguous_bars, 1U);
  stage.settings.intrabar = Intrabar::optimistic;
  const auto optimistic = stage.play({{0, buy_guarded({0.05, 0.1, 0})}});
  EXPECT_DOUBLE_EQ(optimistic.trades.at(0).exit_price, 110);
  EXPECT_EQ(optimistic.ambiguous_bars, 1U);
}

TEST(Protection, holds_on_the_candle_of_an_entry_at_the_open) {
  Stage stage({{100, 100, 100, 100}, {100, 101, 94, 96}, {96, 96, 96, 96}});
  const auto result = stage.play({{0, buy_guarded({0.05, 0, 0})}});
  EXPECT_EQ(result.trades.at(0).exit_bar, 1U);
  EXPECT_DOUBLE_EQ(result.trades[0].exit_price, 95);
}

TEST(Protection, after_an_entry_inside_a_candle_only_the_pessimist_takes_its_stop_there) {
  auto entry = order(Side::buy, OrderType::limit, 1);
  entry.limit_price = 95;
  entry.protection = {0.1, 0.1, 0};
  Stage stage({{100, 100, 100, 100}, {100, 110, 80, 100}, {100, 100, 100, 100}});
  const auto pessimistic = stage.play({{0, submit(entry)}});
  EXPECT_DOUBLE_EQ(pessimistic.trades.at(0).exit_price, 85.5);
  EXPECT_EQ(pessimistic.trades[0].exit_bar, 1U);
  stage.settings.intrabar = Intrabar::optimistic;
  const auto optimistic = stage.play({{0, submit(entry)}});
  EXPECT_DOUBLE_EQ(optimistic.trades.at(0).exit_price, 104.5);
}

TEST(Protection, guards_a_short_position_the_other_way_round) {
  Stage stage({{100, 100, 100, 100}, {100, 101, 99, 100}, {100, 106, 99, 104}});
  stage.settings.direction = Direction::both;
  const auto result =
      stage.play({{0, [](strategies::Context& context) { context.sell(1, {0.05, 0.1, 0}); }}});
  EXPECT_DOUBLE_EQ(result.trades.at(0).exit_price, 105);
  EXPECT_LT(result.trades[0].quantity, 0);
  EXPECT_LT(result.trades[0].profit, 0);
}

TEST(Protection, a_trailing_stop_moves_after_the_candle_and_leaves_on_a_close_beyond_it) {
  Stage stage(
      {{100, 100, 100, 100}, {100, 120, 99, 119}, {119, 119, 107, 110}, {110, 110, 110, 110}});
  const auto later = stage.play({{0, buy_guarded({0, 0, 0.1})}});
  EXPECT_DOUBLE_EQ(later.trades.at(0).exit_price, 108);
  EXPECT_EQ(later.trades[0].exit_bar, 2U);
  EXPECT_EQ(later.trades[0].reason, ExitReason::trailing_stop);
  Stage reversal({{100, 100, 100, 100}, {100, 120, 99, 101}, {101, 101, 101, 101}});
  const auto same = reversal.play({{0, buy_guarded({0, 0, 0.1})}});
  EXPECT_DOUBLE_EQ(same.trades.at(0).exit_price, 108);
  EXPECT_EQ(same.trades[0].exit_bar, 1U);
}

TEST(Protection, of_the_account_guards_entries_that_bring_none) {
  Stage stage({{100, 100, 100, 100}, {100, 101, 99, 100}, {100, 100, 94, 96}});
  stage.settings.protection = {0.05, 0, 0};
  EXPECT_EQ(stage.play({{0, buy}}).trades.at(0).reason, ExitReason::stop_loss);
}

TEST(Protection, a_stop_that_the_volume_cannot_fill_goes_on_at_the_next_open) {
  Stage stage({{100, 100, 100, 100},
               {100, 101, 99, 100, 1'000},
               {100, 100, 94, 96, 60},
               {93, 93, 92, 92, 1'000}});
  stage.settings.volume_share = 1;
  const auto result = stage.play({{0, buy_guarded({0.05, 0, 0})}});
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_EQ(result.trades[0].quantity, 60);
  EXPECT_DOUBLE_EQ(result.trades[0].exit_price, 95);
  EXPECT_EQ(result.trades[1].exit_price, 93);
}

}  // namespace
}  // namespace hts::backtest::test
