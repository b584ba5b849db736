#include "engine/backtest/signal_report.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

std::vector<SignalTrade> trades_returning(std::initializer_list<double> returns_pct) {
  std::vector<SignalTrade> trades;
  for (const double return_pct : returns_pct) {
    SignalTrade trade;
    trade.index = trades.size() * 10;
    trade.exit_index = trade.index + 2;
    trade.exit_time = time::from_milliseconds(static_cast<std::int64_t>(trade.exit_index));
    trade.return_pct = return_pct;
    trades.push_back(trade);
  }
  return trades;
}

TEST(SignalStatistics, of_no_trade_are_all_zero) {
  EXPECT_EQ(summarize(std::vector<SignalTrade>{}), SignalStatistics{});
}

TEST(SignalStatistics, of_one_loss_have_no_drawdown_because_nothing_was_higher_before) {
  EXPECT_EQ(summarize(trades_returning({-5})), (SignalStatistics{1, 0, -5, 0, 2}));
}

TEST(SignalStatistics, of_one_win) {
  EXPECT_EQ(summarize(trades_returning({4})), (SignalStatistics{1, 1, 4, 0, 2}));
}

TEST(SignalStatistics, a_return_of_zero_is_no_win) {
  EXPECT_EQ(summarize(trades_returning({0, 0, 3, -1})).win_rate, 0.25);
}

TEST(SignalStatistics, drawdown_is_the_deepest_fall_of_the_running_sum_from_its_highest) {
  // Sums: 1, 4, 2, 3, -1, 6, 5.
  const auto statistics = summarize(trades_returning({1, 3, -2, 1, -4, 7, -1}));
  EXPECT_EQ(statistics.max_drawdown_pct, 5);
  EXPECT_EQ(statistics.signals, 7U);
}

TEST(SignalStatistics, a_rising_sum_has_no_drawdown) {
  EXPECT_EQ(summarize(trades_returning({-3, 1, 0, 2})).max_drawdown_pct, 0);
}

TEST(SignalStatistics, hold_is_the_mean_of_the_bars_really_held) {
  auto trades = trades_returning({1, 1});
  trades[1].exit_index = trades[1].index;  // a signal on the last bar
  EXPECT_EQ(summarize(trades).avg_hold_bars, 1);
}

TEST(PerformanceCurve, of_no_trade_is_empty) {
  EXPECT_TRUE(performance_curve({}).empty());
}

TEST(PerformanceCurve, has_a_point_at_each_exit) {
  const auto curve = performance_curve(trades_returning({10, -25, 5}));
  ASSERT_EQ(curve.size(), 3U);
  EXPECT_EQ(curve[0], (PerformancePoint{time::from_milliseconds(2), 1.1, 0}));
  EXPECT_EQ(curve[1], (PerformancePoint{time::from_milliseconds(12), 0.85, 0.25}));
  EXPECT_EQ(curve[2], (PerformancePoint{time::from_milliseconds(22), 0.9, 0.2}));
}

TEST(PerformanceCurve, its_largest_drawdown_is_that_of_the_statistics) {
  const auto trades = trades_returning({-1.5, 3.25, -2, 1.125, -4, 7, -1});
  double deepest = 0;
  for (const auto& point : performance_curve(trades)) deepest = std::max(deepest, point.drawdown);
  EXPECT_DOUBLE_EQ(deepest * 100, summarize(trades).max_drawdown_pct);
}

}  // namespace
}  // namespace hts::backtest
