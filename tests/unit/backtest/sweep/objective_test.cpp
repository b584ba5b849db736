#include "engine/backtest/sweep/objective.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Objective, more_is_better_unless_less_is) {
  const auto most = Objective::by("return_pct");
  const auto least = Objective::by("volatility_ann_pct", true);
  ASSERT_TRUE(most && least);
  EXPECT_TRUE(most->better(2, 1));
  EXPECT_FALSE(most->better(1, 1));
  EXPECT_TRUE(least->better(1, 2));
}

TEST(Objective, what_is_no_number_is_worse_than_all) {
  for (const bool minimize : {false, true}) {
    const auto objective = Objective::by("sharpe_ratio", minimize);
    ASSERT_TRUE(objective);
    EXPECT_TRUE(objective->better(-1e300, nan));
    EXPECT_FALSE(objective->better(nan, 1e300));
    EXPECT_FALSE(objective->better(nan, nan));
  }
}

TEST(Objective, an_unknown_statistic_is_refused_with_the_known_ones) {
  const auto objective = Objective::by("sharp");
  ASSERT_FALSE(objective);
  EXPECT_EQ(objective.error().field, "by");
  EXPECT_NE(objective.error().message.find("sharpe_ratio"), std::string::npos);
}

TEST(Objective, each_statistic_is_read_from_its_own_place) {
  PortfolioStatistics statistics;
  statistics.sqn = 3;
  statistics.trades = 7;
  EXPECT_EQ(Objective::by("sqn")->value(statistics), 3);
  EXPECT_EQ(Objective::by("trades")->value(statistics), 7);
}

TEST(Objective, quick_statistics_leave_the_rest_unknown) {
  SweepStatistics quick{1, 2, 3, -4, 5, 6};
  const auto report = as_report(quick);
  for (const auto& statistic : ranked_statistics()) {
    EXPECT_EQ(std::isnan(statistic.value(report)), !statistic.quick) << statistic.name;
  }
  EXPECT_EQ(report.max_drawdown_pct, -4);
}

}  // namespace
}  // namespace hts::backtest
