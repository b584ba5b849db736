#include "engine/backtest/sweep/return_periods.hpp"

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

std::vector<time::Timestamp> bars(std::size_t count, std::int64_t minutes) {
  std::vector<time::Timestamp> times;
  for (std::size_t i = 0; i < count; ++i) {
    times.push_back(time::from_milliseconds(1'577'836'800'000 +
                                            static_cast<std::int64_t>(i) * minutes * 60'000));
  }
  return times;
}

TEST(ReturnPeriods, are_the_last_bars_of_days) {
  const auto times = bars(24 * 100 + 5, 60);
  const auto ends = return_period_ends(times);
  ASSERT_EQ(ends.size(), 101U);
  EXPECT_EQ(ends[0], 23U);
  EXPECT_EQ(ends[1], 47U);
  EXPECT_EQ(ends.back(), times.size() - 1);
}

TEST(ReturnPeriods, are_the_bars_when_these_are_days_or_longer) {
  EXPECT_EQ(return_period_ends(bars(100, 7 * 1440)).size(), 100U);
}

TEST(ReturnPeriods, of_a_few_days_are_equal_stretches) {
  const auto ends = return_period_ends(bars(10 * 1440, 1));
  ASSERT_EQ(ends.size(), 256U);
  EXPECT_EQ(ends.back(), 10U * 1440U - 1U);
  for (std::size_t i = 1; i < ends.size(); ++i)
    EXPECT_NEAR(static_cast<double>(ends[i] - ends[i - 1]), 56, 1);
}

TEST(ReturnPeriods, of_a_few_bars_are_the_bars) {
  EXPECT_EQ(return_period_ends(bars(5, 60)), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(return_period_ends(bars(1, 60)), (std::vector<std::size_t>{0}));
  EXPECT_TRUE(return_period_ends({}).empty());
}

TEST(ReturnPeriods, returns_are_changes_of_equity) {
  const std::vector<double> equity = {100, 110, 99, 0, 5};
  const std::vector<std::size_t> ends = {0, 1, 2, 3, 4};
  std::vector<double> returns;
  append_period_returns(equity, ends, returns);
  ASSERT_EQ(returns.size(), 4U);
  EXPECT_NEAR(returns[0], 0.1, 1e-15);
  EXPECT_NEAR(returns[1], -0.1, 1e-15);
  EXPECT_EQ(returns[2], -1);
  EXPECT_EQ(returns[3], 0);
}

}  // namespace
}  // namespace hts::backtest
