#include "engine/backtest/statistics/sharpe_inference.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

ReturnMoments moments(double sharpe, std::size_t periods, double skewness = 0,
                      double kurtosis = 3) {
  return {periods, 0, 1, sharpe, skewness, kurtosis};
}

TEST(NormalDeviate, inverts_the_probability) {
  EXPECT_NEAR(normal_deviate(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_deviate(1e-10), -6.361340902404056, 1e-12);
  EXPECT_EQ(normal_deviate(0.5), 0);
  for (double p = 0.001; p < 1; p += 0.001) {
    EXPECT_NEAR(normal_probability(normal_deviate(p)), p, 1e-15);
  }
}

TEST(ReturnMoments, follow_their_definitions) {
  const auto m = return_moments(std::vector<double>{0.01, -0.02, 0.03, 0.00, 0.08});
  EXPECT_NEAR(m.mean, 0.02, 1e-15);
  EXPECT_NEAR(m.deviation, std::sqrt(0.0058 / 4), 1e-15);
  EXPECT_NEAR(m.sharpe, 0.02 / std::sqrt(0.0058 / 4), 1e-12);
  EXPECT_NEAR(m.skewness, (0.000144 / 5) / std::pow(0.0058 / 5, 1.5), 1e-10);
  EXPECT_NEAR(m.kurtosis, (1.57e-5 / 5) / std::pow(0.0058 / 5, 2), 1e-10);
}

TEST(ReturnMoments, of_returns_that_never_differ_have_no_sharpe_ratio) {
  EXPECT_TRUE(std::isnan(return_moments(std::vector<double>(9, 0.0)).sharpe));
  EXPECT_TRUE(std::isnan(return_moments({}).sharpe));
}

// The paper's fund: 24 months with a Sharpe ratio of 0.458 a month, skewness -2.448, kurtosis
// 10.164.
TEST(ProbabilisticSharpe, gives_the_values_of_the_paper) {
  EXPECT_NEAR(probabilistic_sharpe(moments(0.458, 24)), 0.982, 5e-4);
  EXPECT_NEAR(probabilistic_sharpe(moments(0.458, 24, -2.448, 10.164)), 0.913, 5e-4);
}

// The paper: a Sharpe ratio of 2 a year against 1 takes 2.73 years of days, 2.83 of weeks, 3.24 of
// months.
TEST(MinimumTrackRecord, gives_the_values_of_the_paper) {
  const auto years = [](double a_year) {
    return minimum_track_record(moments(2 / std::sqrt(a_year), 100), 1 / std::sqrt(a_year)) /
           a_year;
  };
  EXPECT_NEAR(years(252), 2.73, 5e-3);
  EXPECT_NEAR(years(52), 2.83, 5e-3);
  EXPECT_NEAR(years(12), 3.24, 5e-3);
}

TEST(MinimumTrackRecord, is_infinite_without_an_advantage) {
  EXPECT_TRUE(std::isinf(minimum_track_record(moments(-0.1, 100))));
}

// The paper: 2.5 a year over 1,250 of 250 days a year, skewness -3, kurtosis 10, best of 100 trials
// whose yearly Sharpe ratios have a variance of 0.5.
TEST(DeflatedSharpe, gives_the_values_of_the_paper) {
  const double variance = 0.5 / 250;
  EXPECT_NEAR(expected_best_sharpe(100, variance), 0.1132, 5e-5);
  const auto best = moments(2.5 / std::sqrt(250), 1'250, -3, 10);
  EXPECT_NEAR(deflated_sharpe(best, 100, variance), 0.9004, 5e-5);
  EXPECT_NEAR(deflated_sharpe(best, 46, variance), 0.9505, 5e-5);
  const auto normal = moments(2.5 / std::sqrt(250), 1'250);
  EXPECT_NEAR(deflated_sharpe(normal, 88, variance), 0.9505, 5e-4);
}

TEST(DeflatedSharpe, of_a_single_trial_is_the_probabilistic_one) {
  const auto single = moments(0.1, 500);
  EXPECT_EQ(deflated_sharpe(single, 1, 0.01), probabilistic_sharpe(single));
}

TEST(SampleWarnings, say_what_is_too_small) {
  const auto warnings = sample_warnings({12, moments(0.05, 20)});
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_EQ(warnings[0],
            "Only 12 trades: below 30 the averages of trades say little; test on longer data.");
  EXPECT_EQ(warnings[1],
            "Only 20 periods of returns: below 30 the yearly figures say little; test on longer "
            "data.");
  EXPECT_EQ(warnings[2],
            "The Sharpe ratio cannot be told from 0: the chance that the true one is above 0 is "
            "58.6 %, less than 95 %; it would take 1085 periods instead of 20.");
}

TEST(SampleWarnings, are_silent_about_a_large_and_clear_sample) {
  EXPECT_TRUE(sample_warnings({300, moments(0.2, 500)}).empty());
}

}  // namespace
}  // namespace hts::backtest
