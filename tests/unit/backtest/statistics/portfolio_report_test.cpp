#include "engine/backtest/statistics/portfolio_report.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/strategies/sma_cross.hpp"

namespace hts::backtest {
namespace {

market::CandleSeries waves(double level, double length, int bars) {
  market::CandleSeries series;
  for (int i = 0; i < bars; ++i) {
    const double price = level * (1 + 0.1 * std::sin(i / length));
    series.push_back(
        {time::Timestamp{std::chrono::hours{i}}, price, price * 1.001, price * 0.999, price, 10});
  }
  return series;
}

class Report : public testing::Test {
 protected:
  PortfolioReport made(std::vector<market::CandleSeries> series) {
    std::vector<market::CandleView> views;
    for (const auto& one : series) views.push_back(one.view());
    const auto parameters = strategies::resolve_for(
        definition_, {{"fast", std::int64_t{3}}, {"slow", std::int64_t{9}}});
    for (std::size_t i = 0; i < series.size(); ++i) {
      plan_.symbols.push_back(market::Symbol::parse("COIN" + std::to_string(i) + "-KRW").value());
      plan_.slots.push_back({i, &definition_, parameters.value()});
    }
    plan_.settings.sizing = {trading::Sizing::Rule::percent_of_equity, 30};
    return make_report(plan_, simulate(plan_, views).value(), views);
  }

  const strategies::StrategyDefinition definition_ =
      strategies::define_strategy<strategies::SmaCross>();
  PortfolioPlan plan_;
};

TEST_F(Report, of_each_symbol_and_slot_adds_up_to_the_whole) {
  const auto report = made({waves(100, 20, 2'000), waves(7, 33, 2'000)});
  ASSERT_EQ(report.per_symbol.size(), 2U);
  ASSERT_EQ(report.per_slot.size(), 2U);
  std::size_t trades = 0;
  double profit = 0;
  for (const auto& group : report.per_symbol) {
    EXPECT_GT(group.trades, 0U);
    EXPECT_GT(group.exposure_time_pct, 0);
    EXPECT_LT(group.exposure_time_pct, 100);
    EXPECT_LE(group.max_adverse_pct, 0);
    trades += group.trades;
    profit += group.profit;
  }
  EXPECT_EQ(trades, report.statistics.trades);
  EXPECT_NEAR(profit, report.result.equity.back() - report.result.equity.front(), 1e-6);
  EXPECT_EQ(report.per_slot[1], report.per_symbol[1]);
  EXPECT_EQ(report.slots[1].strategy, "sma_cross");
  EXPECT_EQ(report.slots[1].symbol, 1U);
}

TEST_F(Report, months_compound_to_the_whole_return) {
  const auto report = made({waves(100, 20, 4'000)});
  double growth = 1;
  for (const auto& month : report.monthly) growth *= 1 + month.return_fraction;
  EXPECT_EQ(report.monthly.size(), 6U);
  EXPECT_NEAR((growth - 1) * 100, report.statistics.return_pct, 1e-9);
}

TEST_F(Report, warns_of_few_trades_and_says_how_sure_the_sharpe_ratio_is) {
  const auto report = made({waves(100, 20, 300)});
  EXPECT_LT(report.result.trades.size(), 30U);
  ASSERT_GE(report.warnings.size(), 2U);
  EXPECT_NE(report.warnings[0].find("below 30"), std::string::npos);
  EXPECT_EQ(report.inference.moments.periods, 12U);
  EXPECT_GE(report.inference.probabilistic_sharpe, 0);
  EXPECT_LE(report.inference.probabilistic_sharpe, 1);
  EXPECT_FALSE(report.inference.deflation.has_value());
}

TEST(TradeGroup, looks_at_no_trade_once_it_is_cancelled) {
  const std::atomic<bool> cancel{true};
  PortfolioTrade trade;
  trade.profit = 5;
  EXPECT_EQ(trade_group(std::vector(3, trade), 100, &cancel).profit, 0);
}

TEST(TradeGroup, without_trades_has_sums_of_zero_and_no_means) {
  const auto group = trade_group({}, 100);
  EXPECT_EQ(group.trades, 0U);
  EXPECT_EQ(group.profit, 0);
  EXPECT_EQ(group.exposure_time_pct, 0);
  EXPECT_TRUE(std::isnan(group.win_rate_pct));
  EXPECT_TRUE(std::isnan(group.max_adverse_pct));
}

}  // namespace
}  // namespace hts::backtest
