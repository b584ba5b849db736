#include "engine/backtest/statistics/trade_statistics.hpp"

#include <atomic>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

PortfolioTrade trade(double return_fraction, double profit) {
  PortfolioTrade made;
  made.return_fraction = return_fraction;
  made.profit = profit;
  return made;
}

PortfolioTrade held(std::size_t entry, std::size_t exit) {
  PortfolioTrade made;
  made.entry_bar = entry;
  made.exit_bar = exit;
  return made;
}

TEST(TradeStatistics, follow_their_definitions) {
  const std::vector<PortfolioTrade> trades = {trade(0.10, 10), trade(-0.05, -6), trade(0.20, 18),
                                              trade(0.0, 0)};
  const auto s = trade_statistics(trades);
  EXPECT_EQ(s.trades, 4U);
  EXPECT_DOUBLE_EQ(s.win_rate, 0.5);
  EXPECT_DOUBLE_EQ(s.best, 0.2);
  EXPECT_DOUBLE_EQ(s.worst, -0.05);
  EXPECT_NEAR(s.mean, 0.0625, 1e-15);
  EXPECT_NEAR(s.geometric_mean, std::pow(1.1 * 0.95 * 1.2, 0.25) - 1, 1e-15);
  EXPECT_NEAR(s.profit_factor, 6, 1e-12);
  EXPECT_NEAR(s.kelly, 0.5 - 0.5 / (14.0 / 6), 1e-15);
  const double mean = 5.5;
  const double squares = 4.5 * 4.5 + 11.5 * 11.5 + 12.5 * 12.5 + 5.5 * 5.5;
  EXPECT_NEAR(s.system_quality, 2 * mean / std::sqrt(squares / 3), 1e-12);
}

TEST(TradeStatistics, without_trades_are_undefined) {
  const auto s = trade_statistics({});
  for (const double value : {s.win_rate, s.best, s.worst, s.geometric_mean, s.mean, s.profit_factor,
                             s.system_quality, s.kelly, win_rate_of({})}) {
    EXPECT_TRUE(std::isnan(value));
  }
}

TEST(TradeStatistics, without_losers_have_no_profit_factor_and_no_kelly) {
  const auto s = trade_statistics(std::vector{trade(0.1, 1), trade(0.2, 2)});
  EXPECT_TRUE(std::isnan(s.profit_factor));
  EXPECT_TRUE(std::isnan(s.kelly));
}

TEST(TradeStatistics, a_trade_that_loses_all_makes_the_geometric_mean_zero) {
  EXPECT_EQ(trade_statistics(std::vector{trade(-1, -5), trade(0.2, 2)}).geometric_mean, 0);
}

TEST(TradeStatistics, the_geometric_mean_of_thousands_of_trades_does_not_overflow) {
  EXPECT_NEAR(trade_statistics(std::vector(5'000, trade(9, 1))).geometric_mean, 9, 1e-12);
  EXPECT_NEAR(trade_statistics(std::vector(5'000, trade(-0.9, -1))).geometric_mean, -0.9, 1e-12);
}

TEST(TradeStatistics, count_no_trade_once_they_are_cancelled) {
  const std::atomic<bool> cancel{true};
  const auto s = trade_statistics(std::vector(5, trade(0.5, 1)), &cancel);
  EXPECT_EQ(s.mean, 0);
  EXPECT_EQ(s.win_rate, 0);
}

TEST(ExposedBars, counts_entry_and_exit_and_each_bar_once) {
  EXPECT_EQ(exposed_bars(std::vector{held(3, 5), held(5, 6)}), 4U);
  EXPECT_EQ(exposed_bars(std::vector{held(10, 12), held(0, 20), held(30, 30)}), 22U);
  EXPECT_EQ(exposed_bars({}), 0U);
  EXPECT_EQ(exposed_bars(std::vector{held(30, 30), held(10, 12), held(0, 20)}), 22U)
      << "in whatever order they are";
}

}  // namespace
}  // namespace hts::backtest
