#include "engine/backtest/sweep/trials.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "../shuffled_workers.hpp"
#include "sample_definition.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;

/// The Sharpe ratio of a combination, made up: many ties and some that are no number.
result::Result<Trial> made_trial(const Combination& combination, std::size_t /*worker*/,
                                 bool keep_returns) {
  const auto fast = static_cast<double>(combination.parameters.integer("fast"));
  const auto slow = static_cast<double>(combination.parameters.integer("slow"));
  if (slow > 490) return make_error(ErrorCode::invalid, "Too few candles.", "candles");
  Trial trial;
  trial.statistics.sharpe_ratio = std::fmod(fast * slow, 97);
  if (std::fmod(slow, 50) == 0) {
    trial.statistics.sharpe_ratio = std::numeric_limits<double>::quiet_NaN();
  }
  trial.period_sharpe = trial.statistics.sharpe_ratio / 19;
  if (keep_returns) trial.period_returns = {fast, slow};
  return trial;
}

struct SearchOutcome {
  result::Result<TrialResults> results = make_error(ErrorCode::internal, "");
  std::vector<std::uint64_t> numbers;  ///< as the sink got them
};

SearchOutcome search(const std::vector<std::string>& texts, const Workers& workers,
                     const TrialOptions& options = {}, const StudyControl& control = {},
                     const TryCombination& try_combination = made_trial) {
  const auto definition = made::two_windows();
  SearchOutcome outcome;
  outcome.results = run_trials(definition, SearchSpace::parse(definition, texts).value(), options,
                               try_combination, workers, control,
                               [&](std::span<const TrialRow> rows) -> result::Status {
                                 for (const auto& row : rows) outcome.numbers.push_back(row.number);
                                 return result::success();
                               });
  return outcome;
}

const std::vector<std::string> wide = {"fast=1:60", "slow=2:499:7"};

TEST(Trials, the_answer_does_not_depend_on_the_workers) {
  const auto one = search(wide, one_worker());
  ASSERT_TRUE(one.results);
  EXPECT_GT(one.results->refused, 0U);
  EXPECT_EQ(one.results->evaluated + one.results->refused, 60U * 72U);
  EXPECT_TRUE(std::is_sorted(one.numbers.begin(), one.numbers.end()));
  for (const std::size_t count : {2U, 3U, 8U}) {
    const auto more = search(wide, made::shuffled_workers(count));
    ASSERT_TRUE(more.results);
    EXPECT_EQ(more.results->best, one.results->best);
    EXPECT_EQ(more.results->sampled_returns, one.results->sampled_returns);
    EXPECT_EQ(more.results->sharpe_mean, one.results->sharpe_mean);
    EXPECT_EQ(more.results->sharpe_variance, one.results->sharpe_variance);
    EXPECT_EQ(more.results->refused, one.results->refused);
    EXPECT_EQ(more.numbers, one.numbers);
  }
}

TEST(Trials, ties_go_to_the_smaller_number) {
  TrialOptions options;
  options.keep = 50;
  const auto outcome = search(wide, made::shuffled_workers(2), options);
  ASSERT_TRUE(outcome.results);
  const auto& best = outcome.results->best;
  ASSERT_EQ(best.size(), 50U);
  for (std::size_t i = 1; i < best.size(); ++i) {
    EXPECT_TRUE(best[i - 1].value > best[i].value ||
                (best[i - 1].value == best[i].value && best[i - 1].number < best[i].number));
  }
}

TEST(Trials, what_is_no_number_comes_last) {
  const auto outcome = search({"fast=1:3", "slow=50,51"}, one_worker());
  ASSERT_TRUE(outcome.results);
  ASSERT_EQ(outcome.results->best.size(), 6U);
  EXPECT_FALSE(std::isnan(outcome.results->best[2].value));
  EXPECT_TRUE(std::isnan(outcome.results->best[3].value));
}

TEST(Trials, a_sample_of_returns_is_kept_of_many_and_all_of_few) {
  TrialOptions options;
  options.sampled_trials = 64;
  const auto many = search(wide, one_worker(), options);
  const auto few = search({"fast=1:3", "slow=10,11"}, one_worker());
  ASSERT_TRUE(many.results && few.results);
  EXPECT_EQ(many.results->sampled_returns.size(), 64U);
  EXPECT_EQ(few.results->sampled_returns.size(), 6U);
}

TEST(Trials, a_billion_combinations_need_a_confirmation) {
  const auto outcome = search({"fast=1:499", "slow=1:500", "share=0:1:0.0001"}, one_worker());
  ASSERT_FALSE(outcome.results);
  EXPECT_EQ(outcome.results.error().code, ErrorCode::too_large);
  EXPECT_NE(outcome.results.error().message.find("2,495,249,500 combinations"), std::string::npos)
      << outcome.results.error().message;
  EXPECT_NE(outcome.results.error().message.find("--yes"), std::string::npos);
  EXPECT_TRUE(outcome.numbers.empty());
}

TEST(Trials, a_small_sample_of_a_billion_needs_none) {
  TrialOptions options;
  options.sample = RandomSample{500, 1};
  const auto outcome =
      search({"fast=1:499", "slow=1:500", "share=0:1:0.0001"}, one_worker(), options);
  ASSERT_TRUE(outcome.results) << outcome.results.error().message;
  EXPECT_LE(outcome.results->evaluated, 500U);
  EXPECT_GT(outcome.results->evaluated, 400U);
}

TEST(Trials, combinations_that_are_all_refused_are_an_error_with_the_reason) {
  const auto outcome = search({"fast=30:40", "slow=20"}, one_worker());
  ASSERT_FALSE(outcome.results);
  EXPECT_EQ(outcome.results.error().message,
            "Not one of the 11 combinations can be tried. The first: fast must be below slow.");
}

TEST(Trials, a_failing_trial_ends_the_search) {
  const auto outcome =
      search(wide, one_worker(), {}, {},
             [](const Combination&, std::size_t, bool) -> result::Result<Trial> {
               return make_error(ErrorCode::internal, "The strategy threw.", "strategy");
             });
  ASSERT_FALSE(outcome.results);
  EXPECT_EQ(outcome.results.error().message, "The strategy threw.");
}

TEST(Trials, the_first_failure_of_the_walk_is_told_whatever_the_workers) {
  for (const auto& workers : {one_worker(), made::shuffled_workers(2), made::shuffled_workers(5)}) {
    const auto outcome = search(
        {"fast=1:10", "slow=20:40"}, workers, {}, {},
        [](const Combination& combination, std::size_t worker, bool keep) -> result::Result<Trial> {
          if (combination.number % 50 != 37) return made_trial(combination, worker, keep);
          return make_error(ErrorCode::internal, std::to_string(combination.number), "strategy");
        });
    ASSERT_FALSE(outcome.results);
    EXPECT_EQ(outcome.results.error().message, "37");
  }
}

TEST(Trials, a_failing_sink_ends_the_search) {
  const auto definition = made::two_windows();
  const auto results =
      run_trials(definition, SearchSpace::parse(definition, wide).value(), {}, made_trial,
                 one_worker(), {}, [](std::span<const TrialRow>) -> result::Status {
                   return make_error(ErrorCode::storage, "The disk is full.");
                 });
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::storage);
}

TEST(Trials, a_cancelled_search_stops_at_the_next_trial) {
  std::atomic<bool> cancel{false};
  StudyControl control;
  control.cancel = &cancel;
  std::size_t tried = 0;
  const auto outcome = search(wide, one_worker(), {}, control,
                              [&](const Combination& combination, std::size_t worker, bool keep) {
                                if (++tried == 10) cancel = true;
                                return made_trial(combination, worker, keep);
                              });
  ASSERT_FALSE(outcome.results);
  EXPECT_EQ(outcome.results.error().code, ErrorCode::cancelled);
  EXPECT_EQ(tried, 10U);
}

TEST(Trials, progress_rises_from_nothing_to_all_in_about_a_hundred_steps) {
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(search(wide, made::shuffled_workers(2), {}, control).results);
  ASSERT_GT(shares.size(), 10U);
  EXPECT_LE(shares.size(), 110U);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
}

}  // namespace
}  // namespace hts::backtest
