#include "engine/backtest/sweep/sweep.hpp"

#include <atomic>
#include <cmath>

#include <gtest/gtest.h>

#include "adapters/threads/worker_pool.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/sweep/statistics_of.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/sma_cross.hpp"

namespace hts::backtest {
namespace {

const strategies::StrategyDefinition& sma_cross() {
  static const auto definition = strategies::define_strategy<strategies::SmaCross>();
  return definition;
}

market::CandleSeries hours(std::size_t count, std::uint64_t seed) {
  return market::make_synthetic_candles({}, time::from_milliseconds(1'577'836'800'000),
                                        *market::Timeframe::parse("1h"), count, seed);
}

SweepRequest request_for(const std::vector<std::string>& texts, std::size_t symbols = 1) {
  PortfolioPlan plan;
  plan.settings.fees.taker_rate = 0.001;
  const auto defaults = strategies::resolve_for(sma_cross(), {}).value();
  for (std::size_t i = 0; i < symbols; ++i) {
    plan.symbols.push_back(market::Symbol::parse("COIN" + std::to_string(i) + "-KRW").value());
    plan.slots.push_back({i, &sma_cross(), defaults});
  }
  if (symbols > 1) plan.settings.sizing = {trading::Sizing::Rule::percent_of_equity, 20};
  return {plan, SearchSpace::parse(sma_cross(), texts).value(), {}};
}

struct Outcome {
  TrialResults results;
  std::vector<TrialRow> rows;
};
Outcome swept(const SweepRequest& request, std::span<const market::CandleView> candles,
              const Workers& workers) {
  Outcome outcome;
  auto results = run_sweep(request, candles, workers, {},
                           [&](std::span<const TrialRow> rows) -> result::Status {
                             outcome.rows.insert(outcome.rows.end(), rows.begin(), rows.end());
                             return result::success();
                           });
  EXPECT_TRUE(results) << results.error().message;
  if (results) outcome.results = std::move(results).value();
  return outcome;
}

void expect_equal(double a, double b, std::string_view what) {
  EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << what << ": " << a << " and " << b;
}

/// Every row against a backtest of its own.
void expect_rows_of_single_backtests(const SweepRequest& request,
                                     std::span<const market::CandleView> candles,
                                     const std::vector<TrialRow>& rows) {
  for (const auto& row : rows) {
    const auto parameters =
        strategies::resolve_for(sma_cross(), request.space.at(row.number)).value();
    const auto plan = plan_with(request.plan, parameters);
    const auto simulated = simulate(plan, candles);
    ASSERT_TRUE(simulated);
    const auto expected = statistics_of(plan.settings, *simulated, simulated->time, candles);
    for (const auto& statistic : ranked_statistics()) {
      if (!statistic.quick && request.trials.objective.statistic().quick) continue;
      expect_equal(statistic.value(row.statistics), statistic.value(expected), statistic.name);
    }
  }
}

TEST(Sweep, rows_are_those_of_single_backtests_to_the_last_bit) {
  const auto series = hours(5'000, 3);
  const std::vector<market::CandleView> candles = {series.view()};
  for (const char* by : {"sharpe_ratio", "sqn"}) {
    auto request = request_for({"fast=2:20:6", "slow=5,21,50"});
    request.trials.objective = Objective::by(by).value();
    const auto outcome = swept(request, candles, one_worker());
    EXPECT_EQ(outcome.rows.size(), 9U);
    EXPECT_EQ(outcome.results.refused, 3U);
    expect_rows_of_single_backtests(request, candles, outcome.rows);
  }
}

TEST(Sweep, several_symbols_are_one_portfolio) {
  const auto first = hours(2'000, 1);
  const auto second = hours(1'500, 2);
  const std::vector<market::CandleView> candles = {first.view(), second.view()};
  const auto request = request_for({"fast=5,10", "slow=20,30"}, 2);
  const auto outcome = swept(request, candles, one_worker());
  EXPECT_EQ(outcome.rows.size(), 4U);
  expect_rows_of_single_backtests(request, candles, outcome.rows);
}

TEST(Sweep, the_answer_does_not_depend_on_the_threads) {
  const auto series = hours(3'000, 5);
  const std::vector<market::CandleView> candles = {series.view()};
  const auto request = request_for({"fast=2:30", "slow=10:60:5"});
  const auto one = swept(request, candles, one_worker());
  for (const std::size_t threads : {2U, 4U}) {
    threads::WorkerPool pool{threads};
    const auto more = swept(request, candles, pool.workers());
    ASSERT_EQ(more.rows.size(), one.rows.size());
    for (std::size_t i = 0; i < one.rows.size(); ++i) {
      EXPECT_EQ(more.rows[i].number, one.rows[i].number);
      expect_equal(more.rows[i].value, one.rows[i].value, "value");
      expect_equal(more.rows[i].statistics.equity_final, one.rows[i].statistics.equity_final,
                   "equity");
    }
    ASSERT_EQ(more.results.best.size(), one.results.best.size());
    for (std::size_t i = 0; i < one.results.best.size(); ++i) {
      EXPECT_EQ(more.results.best[i].number, one.results.best[i].number);
    }
    EXPECT_EQ(more.results.sampled_returns, one.results.sampled_returns);
    EXPECT_EQ(more.results.sharpe_variance, one.results.sharpe_variance);
  }
}

TEST(Sweep, a_warm_up_longer_than_the_data_is_refused_and_counted) {
  const auto series = hours(100, 5);
  const std::vector<market::CandleView> candles = {series.view()};
  const auto outcome = swept(request_for({"fast=5", "slow=20,100,101"}), candles, one_worker());
  EXPECT_EQ(outcome.rows.size(), 2U);
  EXPECT_EQ(outcome.results.refused, 1U);
  EXPECT_NE(outcome.results.first_refusal.find("needs 101"), std::string::npos)
      << outcome.results.first_refusal;
}

TEST(Sweep, settings_that_make_no_sense_end_it_at_once) {
  const auto series = hours(100, 5);
  const std::vector<market::CandleView> candles = {series.view()};
  auto request = request_for({"fast=5"});
  request.plan.settings.cash = -1;
  const auto results = run_sweep(request, candles, one_worker());
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().field, "cash");
}

TEST(Sweep, a_strategy_that_throws_ends_it_with_its_name) {
  auto definition = sma_cross();
  definition.scan_columns = [](const strategies::Parameters&, market::CandleView,
                               strategies::ColumnCache&,
                               std::vector<strategies::IndexedSignal>&) { throw 1; };
  definition.make = [](const strategies::Parameters&) -> strategies::AnyStrategy { throw 1; };
  auto request = request_for({"fast=5"});
  request.plan.slots.front().definition = &definition;
  const auto series = hours(100, 5);
  const std::vector<market::CandleView> candles = {series.view()};
  const auto results = run_sweep(request, candles, one_worker());
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().message.find("sma_cross"), std::string::npos);
}

TEST(Sweep, a_cancelled_sweep_says_so) {
  const auto series = hours(1'000, 5);
  const std::vector<market::CandleView> candles = {series.view()};
  const std::atomic<bool> cancel{true};
  StudyControl control;
  control.cancel = &cancel;
  const auto results = run_sweep(request_for({"fast=5"}), candles, one_worker(), control);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, result::ErrorCode::cancelled);
}

}  // namespace
}  // namespace hts::backtest
