#include "engine/backtest/statistics/equity_drawdown.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

using std::chrono::hours;

std::vector<time::Timestamp> hourly(std::size_t bars) {
  std::vector<time::Timestamp> time;
  for (std::size_t i = 0; i < bars; ++i) time.emplace_back(hours{i});
  return time;
}

EquityDrawdown drawdown(const std::vector<double>& equity) {
  return equity_drawdown(hourly(equity.size()), equity);
}

TEST(EquityDrawdown, an_episode_lies_between_two_bars_at_the_maximum) {
  const auto answer = drawdown({100, 80, 90, 100, 120, 60, 120});
  EXPECT_EQ(answer.episodes, 2U);
  EXPECT_DOUBLE_EQ(answer.deepest, 0.5);
  EXPECT_DOUBLE_EQ(answer.mean_depth, 0.35);
  EXPECT_EQ(answer.longest, hours{3});
  EXPECT_EQ(answer.mean_duration, std::chrono::minutes{150});
  EXPECT_EQ(answer.peak, 120);
}

TEST(EquityDrawdown, the_last_bar_closes_an_open_episode) {
  const auto answer = drawdown({100, 110, 100, 99, 105});
  EXPECT_EQ(answer.episodes, 1U);
  EXPECT_DOUBLE_EQ(answer.deepest, 0.1);
  EXPECT_EQ(answer.longest, hours{3});
}

TEST(EquityDrawdown, a_fall_on_the_last_bar_alone_is_deep_but_no_episode) {
  const auto answer = drawdown({100, 110, 99});
  EXPECT_EQ(answer.episodes, 0U);
  EXPECT_DOUBLE_EQ(answer.deepest, 0.1);
  EXPECT_TRUE(std::isnan(answer.mean_depth));
}

TEST(EquityDrawdown, a_curve_that_never_falls_has_none) {
  EXPECT_EQ(drawdown({1, 1, 2, 3, 3}).deepest, 0);
  EXPECT_EQ(drawdown({}).episodes, 0U);
}

TEST(EquityDrawdown, agrees_with_the_definition_on_random_curves) {
  std::mt19937_64 random{3};
  std::normal_distribution<double> move{0.001, 0.02};
  for (int round = 0; round < 200; ++round) {
    std::vector<double> equity(static_cast<std::size_t>(1 + round), 1'000.0);
    for (std::size_t i = 1; i < equity.size(); ++i) {
      equity[i] = i % 5 == 0 ? equity[i - 1] : equity[i - 1] * (1 + move(random));
    }
    std::vector<double> depth;
    std::vector<std::size_t> tops;
    double peak = 0;
    for (std::size_t i = 0; i < equity.size(); ++i) {
      peak = std::max(peak, equity[i]);
      depth.push_back(1 - equity[i] / peak);
      if (depth.back() == 0 || i + 1 == equity.size()) tops.push_back(i);
    }
    std::size_t episodes = 0;
    double depths = 0;
    for (std::size_t i = 1; i < tops.size(); ++i) {
      if (tops[i] <= tops[i - 1] + 1) continue;
      ++episodes;
      const auto begin = depth.begin();
      depths += *std::max_element(begin + static_cast<std::ptrdiff_t>(tops[i - 1]),
                                  begin + static_cast<std::ptrdiff_t>(tops[i]) + 1);
    }
    const auto answer = drawdown(equity);
    ASSERT_EQ(answer.episodes, episodes);
    ASSERT_EQ(answer.deepest, *std::max_element(depth.begin(), depth.end()));
    ASSERT_EQ(answer.peak, peak);
    if (episodes > 0) {
      ASSERT_DOUBLE_EQ(answer.mean_depth, depths / static_cast<double>(episodes));
    }
  }
}

}  // namespace
}  // namespace hts::backtest
