#include "engine/backtest/statistics/log_return.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

TEST(LogReturn, is_the_logarithm_to_a_relative_1e_15) {
  std::mt19937_64 random{7};
  std::uniform_real_distribution<double> size{-9, 0};
  std::uniform_real_distribution<double> price{0.01, 90'000};
  for (int i = 0; i < 200'000; ++i) {
    const double before = price(random);
    const double sign = i % 2 == 0 ? 1 : -0.9;
    const double after = before * (1 + sign * std::pow(10, size(random)));
    // The quotient of two doubles is rounded before a logarithm is taken of it; this is not.
    const auto exact =
        static_cast<double>(std::log1p((static_cast<long double>(after) - before) / before));
    ASSERT_LE(std::fabs(log_ratio(after, before) - exact), 1e-15 * std::fabs(exact) + 1e-17)
        << after << " / " << before;
  }
}

TEST(LogReturn, of_a_price_that_stays_is_zero) {
  EXPECT_EQ(log_ratio(0.1, 0.1), 0.0);
}

TEST(LogReturn, of_a_price_that_becomes_negative_is_undefined) {
  EXPECT_TRUE(std::isnan(log_ratio(-1.0, 2.0)));
}

double plain_beta(const std::vector<double>& series, const std::vector<double>& market) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 1; i < series.size(); ++i) {
    x.push_back(std::log(series[i] / series[i - 1]));
    y.push_back(std::log(market[i] / market[i - 1]));
  }
  double mean_x = 0;
  double mean_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / static_cast<double>(x.size());
    mean_y += y[i] / static_cast<double>(x.size());
  }
  double product = 0;
  double square = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    product += (x[i] - mean_x) * (y[i] - mean_y);
    square += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return product / square;
}

TEST(Beta, is_covariance_over_variance_whatever_the_moves_and_the_length) {
  std::mt19937_64 random{11};
  for (const double size : {1e-4, 0.02, 0.3}) {
    std::normal_distribution<double> move{0, size};
    for (const std::size_t bars : {3U, 64U, 65U, 66U, 200U, 1'000U}) {
      std::vector<double> market = {100};
      std::vector<double> series = {5'000};
      while (market.size() < bars) {
        const double change = move(random);
        market.push_back(market.back() * std::exp(change));
        series.push_back(series.back() * std::exp(0.7 * change + 0.1 * move(random)));
      }
      const double expected = plain_beta(series, market);
      EXPECT_NEAR(beta_of(series, market), expected, 1e-11 * std::fabs(expected)) << bars;
    }
  }
}

TEST(Beta, of_the_market_on_itself_is_one) {
  std::vector<double> market;
  for (int i = 0; i < 500; ++i) market.push_back(100 + i % 7);
  EXPECT_NEAR(beta_of(market, market), 1, 1e-14);
}

TEST(Beta, of_two_bars_or_of_a_market_that_stands_still_is_undefined) {
  const std::vector<double> two = {1, 2};
  const std::vector<double> still(100, 3.0);
  EXPECT_TRUE(std::isnan(beta_of(two, two)));
  EXPECT_TRUE(std::isnan(beta_of(still, still)));
}

}  // namespace
}  // namespace hts::backtest
