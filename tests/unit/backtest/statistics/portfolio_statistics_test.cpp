#include "engine/backtest/statistics/portfolio_statistics.hpp"

#include <chrono>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

struct Curve {
  std::vector<time::Timestamp> time;
  std::vector<double> equity;
  std::vector<double> closes;
  std::vector<PortfolioTrade> trades;

  [[nodiscard]] StatisticsInput input() const {
    StatisticsInput taken;
    taken.time = time;
    taken.equity = equity;
    taken.closes = closes;
    taken.trades = trades;
    return taken;
  }
};

Curve daily(std::vector<double> equity) {
  Curve curve;
  for (std::size_t i = 0; i < equity.size(); ++i) {
    curve.time.emplace_back(std::chrono::days{i});
    curve.closes.push_back(100 + static_cast<double>(i % 3));
  }
  curve.equity = std::move(equity);
  return curve;
}

TEST(PortfolioStatistics, of_an_account_that_never_traded_are_flat_and_undefined) {
  const auto s = compute_statistics(daily(std::vector<double>(50, 1'000.0)).input());
  EXPECT_EQ(s.return_pct, 0);
  EXPECT_EQ(s.return_ann_pct, 0);
  EXPECT_EQ(s.volatility_ann_pct, 0);
  EXPECT_EQ(s.max_drawdown_pct, 0);
  EXPECT_EQ(s.exposure_time_pct, 0);
  EXPECT_EQ(s.beta, 0);
  EXPECT_TRUE(std::isnan(s.sharpe_ratio));
  EXPECT_TRUE(std::isnan(s.sortino_ratio));
  EXPECT_TRUE(std::isnan(s.calmar_ratio));
  EXPECT_TRUE(std::isnan(s.win_rate_pct));
  EXPECT_TRUE(std::isnan(s.max_drawdown_duration_seconds));
  EXPECT_TRUE(std::isnan(s.max_trade_duration_seconds));
}

TEST(PortfolioStatistics, of_no_bars_and_of_one_bar_do_not_fail) {
  EXPECT_EQ(compute_statistics({}).duration_seconds, 0);
  const auto s = compute_statistics(daily({1'000}).input());
  EXPECT_EQ(s.return_pct, 0);
  EXPECT_TRUE(std::isnan(s.cagr_pct));
  EXPECT_TRUE(std::isnan(s.sharpe_ratio));
}

TEST(PortfolioStatistics, a_lost_account_has_no_growth_to_annualise) {
  const auto s = compute_statistics(daily({1'000, 500, 0, 0}).input());
  EXPECT_EQ(s.return_pct, -100);
  EXPECT_EQ(s.return_ann_pct, 0);
  EXPECT_EQ(s.max_drawdown_pct, -100);
}

TEST(PortfolioStatistics, the_risk_free_rate_lowers_the_ratios_and_alpha) {
  const auto curve = daily({1'000, 1'010, 1'005, 1'020, 1'015, 1'030});
  auto input = curve.input();
  const auto free = compute_statistics(input);
  input.risk_free_rate = 0.02;
  const auto s = compute_statistics(input);
  EXPECT_NEAR(free.sharpe_ratio - s.sharpe_ratio, 2 / s.volatility_ann_pct, 1e-9);
  EXPECT_LT(s.sortino_ratio, free.sortino_ratio);
  EXPECT_NEAR(free.alpha_pct - s.alpha_pct, 2 - 2 * s.beta, 1e-9);
}

TEST(PortfolioStatistics, volatility_is_that_of_compounded_returns) {
  const auto curve = daily({1'000, 1'010, 1'005, 1'020, 1'015, 1'030});
  const auto s = compute_statistics(curve.input());
  std::vector<double> returns;
  double log_growth = 0;
  double mean = 0;
  for (std::size_t i = 1; i < curve.equity.size(); ++i) {
    returns.push_back(curve.equity[i] / curve.equity[i - 1] - 1);
    log_growth += std::log1p(returns.back()) / 5;
    mean += returns.back() / 5;
  }
  double variance = 0;
  for (const double change : returns) variance += (change - mean) * (change - mean) / 4;
  const double g = std::exp(log_growth);
  // Thursday to Tuesday: a third of the bars lie on a weekend.
  const double expected = std::sqrt(std::pow(variance + g * g, 365) - std::pow(g, 2 * 365)) * 100;
  EXPECT_NEAR(s.volatility_ann_pct, expected, 1e-9 * expected);
  EXPECT_NEAR(s.return_ann_pct, (std::pow(g, 365) - 1) * 100, 1e-9 * s.return_ann_pct);
}

TEST(PortfolioStatistics, durations_are_rounded_up_to_the_resolution_of_the_bars) {
  auto curve = daily({1'000, 990, 995, 1'001, 980, 1'002});
  PortfolioTrade trade;
  trade.entry_time = curve.time[0];
  trade.exit_time = curve.time[3];
  curve.trades.assign(2, trade);
  curve.trades[1].exit_time = curve.time[2];
  const auto s = compute_statistics(curve.input());
  constexpr double day = 86'400;
  EXPECT_EQ(s.avg_trade_duration_seconds, 3 * day);
  EXPECT_EQ(s.max_trade_duration_seconds, 3 * day);
  EXPECT_EQ(s.avg_drawdown_duration_seconds, 3 * day);
  EXPECT_EQ(s.max_drawdown_duration_seconds, 3 * day);
}

TEST(PortfolioStatistics, buy_and_hold_starts_after_the_warm_up) {
  auto curve = daily({1, 1, 1, 1});
  curve.closes = {10, 50, 100, 150};
  auto input = curve.input();
  input.warm_up_bars = 2;
  EXPECT_DOUBLE_EQ(compute_statistics(input).buy_and_hold_return_pct, 50);
  input.warm_up_bars = 4;
  EXPECT_TRUE(std::isnan(compute_statistics(input).buy_and_hold_return_pct));
}

}  // namespace
}  // namespace hts::backtest
