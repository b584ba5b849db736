#include "engine/backtest/statistics/overfitting.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../shuffled_workers.hpp"

namespace hts::backtest {
namespace {

using Trials = std::vector<std::vector<double>>;

Trials noise(std::size_t trials, std::size_t periods, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::normal_distribution<double> move{0, 0.01};
  Trials made(trials, std::vector<double>(periods));
  for (auto& returns : made) {
    for (double& change : returns) change = move(random);
  }
  return made;
}

TEST(Overfitting, of_pure_noise_is_about_a_half) {
  double sum = 0;
  constexpr int rounds = 20;
  for (std::uint64_t seed = 0; seed < rounds; ++seed) {
    sum += estimate_overfitting(noise(20, 400, seed), 8)->probability;
  }
  EXPECT_NEAR(sum / rounds, 0.5, 0.1);
}

TEST(Overfitting, of_one_trial_with_skill_is_about_zero) {
  auto trials = noise(30, 800, 1);
  for (double& change : trials[17]) change += 0.004;
  const auto answer = estimate_overfitting(trials);
  ASSERT_TRUE(answer.ok());
  EXPECT_LT(answer->probability, 0.01);
  EXPECT_LT(answer->loss_probability, 0.01);
  EXPECT_EQ(answer->logits.size(), 12'870U);
  EXPECT_EQ(answer->trials, 30U);
  EXPECT_EQ(answer->periods, 800U);
  EXPECT_EQ(answer->blocks, 16U);
}

TEST(Overfitting, of_a_trial_that_shines_in_one_half_only_is_high) {
  auto trials = noise(10, 320, 3);
  for (std::size_t trial = 0; trial < trials.size(); ++trial) {
    for (std::size_t i = 0; i < 320; ++i) {
      const bool first = i < 160;
      trials[trial][i] += first == (trial % 2 == 0) ? 0.02 : -0.02;
    }
  }
  const auto answer = estimate_overfitting(trials, 2);
  EXPECT_EQ(answer->probability, 1);
  EXPECT_EQ(answer->loss_probability, 1);
}

/// One choice after the other, Sharpe ratios straight from the returns.
std::vector<double> plain_logits(const Trials& trials, std::size_t blocks) {
  const std::size_t periods = trials[0].size();
  std::vector<bool> chosen(blocks, false);
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(blocks / 2), true);
  std::vector<double> logits;
  do {
    std::vector<double> own;
    std::vector<double> other;
    for (const auto& returns : trials) {
      for (const bool inside : {true, false}) {
        std::vector<double> part;
        for (std::size_t block = 0; block < blocks; ++block) {
          if (chosen[block] != inside) continue;
          part.insert(
              part.end(), returns.begin() + static_cast<std::ptrdiff_t>(periods * block / blocks),
              returns.begin() + static_cast<std::ptrdiff_t>(periods * (block + 1) / blocks));
        }
        double mean = 0;
        for (const double change : part) mean += change / static_cast<double>(part.size());
        double squares = 0;
        for (const double change : part) squares += (change - mean) * (change - mean);
        const double deviation = std::sqrt(squares / static_cast<double>(part.size() - 1));
        (inside ? own : other).push_back(mean / deviation);
      }
    }
    const auto winner =
        static_cast<std::size_t>(std::max_element(own.begin(), own.end()) - own.begin());
    double rank = 1;
    for (const double sharpe : other) rank += sharpe < other[winner] ? 1 : 0;
    const double relative = rank / static_cast<double>(trials.size() + 1);
    logits.push_back(std::log(relative / (1 - relative)));
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return logits;
}

TEST(Overfitting, agrees_with_the_definition) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto trials = noise(9, 67, 100 + seed);  // 67 periods: blocks of unequal length
    const auto expected = plain_logits(trials, 8);
    const auto answer = estimate_overfitting(trials, 8);
    ASSERT_TRUE(answer.ok());
    ASSERT_EQ(answer->logits.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(answer->logits[i], expected[i], 1e-12) << i;
    }
  }
}

TEST(Overfitting, is_the_same_each_time) {
  const auto trials = noise(12, 200, 9);
  EXPECT_EQ(estimate_overfitting(trials)->logits, estimate_overfitting(trials)->logits);
}

TEST(Overfitting, does_not_depend_on_the_workers) {
  for (const std::size_t blocks : {2U, 6U, 14U}) {
    const auto trials = noise(12, 200, 9);
    const auto one = estimate_overfitting(trials, blocks);
    ASSERT_TRUE(one.ok());
    for (const std::size_t count : {2U, 3U}) {
      const auto more = estimate_overfitting(trials, blocks, made::shuffled_workers(count));
      ASSERT_TRUE(more.ok());
      EXPECT_EQ(more->logits, one->logits);
      EXPECT_EQ(more->probability, one->probability);
      EXPECT_EQ(more->loss_probability, one->loss_probability);
      if (blocks > 2) {
        EXPECT_EQ(more->degradation_slope, one->degradation_slope);
        EXPECT_EQ(more->degradation_intercept, one->degradation_intercept);
      }
    }
  }
}

TEST(Overfitting, takes_trials_that_never_trade_for_a_sharpe_ratio_of_zero) {
  auto trials = noise(5, 200, 2);
  std::fill(trials[0].begin(), trials[0].end(), 0.0);
  std::fill(trials[1].begin(), trials[1].end(), 0.001);
  const auto answer = estimate_overfitting(trials, 8);
  ASSERT_TRUE(answer.ok());
  for (const double logit : answer->logits) EXPECT_TRUE(std::isfinite(logit));
  EXPECT_TRUE(std::isfinite(answer->degradation_slope));
}

TEST(Overfitting, of_trials_that_are_all_the_same_is_certain) {
  const auto one = noise(1, 100, 4)[0];
  EXPECT_EQ(estimate_overfitting(Trials(4, one), 4)->probability, 1);
}

TEST(Overfitting, refuses_what_it_cannot_cut) {
  EXPECT_EQ(estimate_overfitting(noise(3, 100, 1), 7).error().field, "blocks");
  EXPECT_EQ(estimate_overfitting(noise(3, 100, 1), 22).error().field, "blocks");
  EXPECT_EQ(estimate_overfitting(noise(3, 31, 1), 16).error().field, "trials");
  EXPECT_EQ(estimate_overfitting(noise(1, 100, 1), 4).error().field, "trials");
  auto uneven = noise(3, 100, 1);
  uneven[2].pop_back();
  EXPECT_EQ(estimate_overfitting(uneven, 4).error().field, "trials");
}

TEST(Overfitting, stops_when_asked) {
  const std::atomic<bool> cancel{true};
  StudyControl control;
  control.cancel = &cancel;
  EXPECT_EQ(estimate_overfitting(noise(3, 100, 1), 16, one_worker(), control).error().code,
            result::ErrorCode::cancelled);
}

TEST(Overfitting, reports_rising_progress_to_its_end) {
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(estimate_overfitting(noise(3, 100, 1), 16, one_worker(), control).ok());
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
}

}  // namespace
}  // namespace hts::backtest
