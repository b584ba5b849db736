#include "engine/backtest/sweep/sweep_stretch.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/backtest/sweep/search_walk.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/sma_cross.hpp"

namespace hts::backtest {
namespace {

const strategies::StrategyDefinition& crossing() {
  static const auto definition = strategies::define_strategy<strategies::SmaCross>();
  return definition;
}

class SweepInStretches : public ::testing::Test {
 protected:
  SweepInStretches() : views_{series_.view()} {}

  SweepRequest request(const std::vector<std::string>& texts) {
    PortfolioPlan plan;
    plan.settings.fees.taker_rate = 0.001;
    plan.symbols.push_back(market::Symbol::parse("COIN-KRW").value());
    plan.slots.push_back({0, &crossing(), strategies::resolve_for(crossing(), {}).value()});
    return {plan, SearchSpace::parse(crossing(), texts).value(), {}};
  }

  /// Tried in stretches, put together, and compared with the sweep in one piece, bit for bit.
  void expect_the_same(const SweepRequest& request, std::size_t most, std::uint64_t fewest) {
    const auto whole = run_sweep(request, views_, one_worker());
    ASSERT_TRUE(whole) << whole.error().message;
    const auto cut = cut_sweep(request, most, fewest);
    ASSERT_TRUE(cut) << cut.error().message;
    EXPECT_LE(cut->size(), most);
    std::vector<TriedStretch> stretches;
    for (const SweepStretch& stretch : *cut) {
      auto tried = try_stretch(request, stretch, views_);
      ASSERT_TRUE(tried) << tried.error().message;
      EXPECT_EQ(tried->tried.size(), stretch.combinations);
      stretches.push_back(std::move(tried).value());
    }
    const auto joined = join_stretches(request, stretches, views_);
    ASSERT_TRUE(joined) << joined.error().message;
    EXPECT_EQ(joined->combinations, whole->combinations);
    EXPECT_EQ(joined->evaluated, whole->evaluated);
    EXPECT_EQ(joined->refused, whole->refused);
    EXPECT_EQ(joined->first_refusal, whole->first_refusal);
    EXPECT_EQ(joined->sharpe_count, whole->sharpe_count);
    EXPECT_EQ(joined->sharpe_mean, whole->sharpe_mean);
    EXPECT_EQ(joined->sharpe_variance, whole->sharpe_variance);
    EXPECT_EQ(joined->sampled_returns, whole->sampled_returns);
    ASSERT_EQ(joined->best.size(), whole->best.size());
    for (std::size_t i = 0; i < whole->best.size(); ++i) {
      EXPECT_EQ(joined->best[i].number, whole->best[i].number);
      for (const RankedStatistic& statistic : ranked_statistics()) {
        const double a = statistic.value(joined->best[i].statistics);
        const double b = statistic.value(whole->best[i].statistics);
        EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << statistic.name;
      }
    }
  }

  market::CandleSeries series_ = market::make_synthetic_candles(
      {}, time::from_milliseconds(1'577'836'800'000), *market::Timeframe::parse("1h"), 600, 7);
  std::vector<market::CandleView> views_;
};

TEST_F(SweepInStretches, stretches_give_the_answer_of_the_whole) {
  expect_the_same(request({"fast=3:40", "slow=10:60"}), 7, 1);
}

TEST_F(SweepInStretches, they_do_so_for_a_random_sample) {
  auto asked = request({"fast=3:40", "slow=10:60"});
  asked.trials.sample = RandomSample{700, 42};
  expect_the_same(asked, 5, 10);
}

TEST_F(SweepInStretches, they_do_so_when_the_data_is_too_short_for_some) {
  expect_the_same(request({"fast=5", "slow=500:700:10"}), 4, 1);
}

TEST_F(SweepInStretches, they_do_so_for_an_objective_of_the_whole_report) {
  auto asked = request({"fast=3:20", "slow=10:40"});
  asked.trials.objective = Objective::by("sqn").value();
  asked.trials.keep = 3;
  asked.trials.sampled_trials = 16;
  expect_the_same(asked, 3, 1);
}

TEST_F(SweepInStretches, a_short_sweep_is_one_stretch) {
  const auto cut = cut_sweep(request({"fast=3:5", "slow=10:12"}), 64, 64);
  ASSERT_TRUE(cut);
  EXPECT_EQ(*cut, (std::vector<SweepStretch>{{0, 9}}));
}

TEST_F(SweepInStretches, stretches_of_another_request_are_refused) {
  const auto asked = request({"fast=3:10", "slow=20:30"});
  std::vector<TriedStretch> none(1);
  const auto joined = join_stretches(asked, none, views_);
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().field, "parts");
}

TEST_F(SweepInStretches, a_stretch_ends_when_cancelled) {
  const std::atomic<bool> cancel{true};
  StudyControl control;
  control.cancel = &cancel;
  const auto tried = try_stretch(request({"fast=3:10", "slow=20:30"}), {0, 50}, views_, control);
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().code, result::ErrorCode::cancelled);
}

}  // namespace
}  // namespace hts::backtest
