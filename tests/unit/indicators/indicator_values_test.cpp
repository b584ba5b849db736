// Values that can be worked out by hand, and comparisons with plain slow definitions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "engine/indicators/aroon.hpp"
#include "engine/indicators/change.hpp"
#include "engine/indicators/channels.hpp"
#include "engine/indicators/compound_averages.hpp"
#include "engine/indicators/deviation.hpp"
#include "engine/indicators/directional_movement.hpp"
#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/oscillators.hpp"
#include "engine/indicators/regression.hpp"
#include "engine/indicators/stochastic.hpp"
#include "engine/indicators/strength.hpp"
#include "engine/indicators/volatility.hpp"
#include "engine/indicators/volume.hpp"
#include "numbers.hpp"

namespace hts::indicators {
namespace {

market::Candle candle(double open, double high, double low, double close, double volume = 1) {
  return {time::Timestamp{}, open, high, low, close, volume};
}
market::Candle flat(double price, double volume = 1) {
  return candle(price, price, price, price, volume);
}

/// The value after all of these.
template <class I>
auto after(I indicator, const std::vector<double>& values) {
  auto result = indicator.update(values.front());
  for (std::size_t i = 1; i < values.size(); ++i) result = indicator.update(values[i]);
  return result;
}

TEST(MovingAverages, of_hand_made_values) {
  EXPECT_EQ(after(Sma{3}, {9, 1, 2, 6}), 3);
  EXPECT_EQ(after(Wma{3}, {9, 1, 2, 6}), (1 * 1 + 2 * 2 + 3 * 6) / 6.0);
  EXPECT_EQ(after(Ema{3}, {1, 2, 6, 7}), 3 + (7 - 3) * 0.5);
  EXPECT_EQ(after(Wilder{4}, {1, 2, 6, 7, 8}), 4 + (8 - 4) * 0.25);
  EXPECT_EQ(after(Trima{3}, {1, 2, 6}), (1 + 2 * 2 + 6) / 4.0);
  EXPECT_EQ(after(Sum{2}, {1, 2, 6}), 8);
  EXPECT_FALSE(has_value(after(Sma{3}, {9, 1})));
}

TEST(MovingAverages, of_period_one_are_the_values_themselves) {
  for (const double value : {5.0, -3.0, 1e9}) {
    EXPECT_EQ(after(Sma{1}, {1, value}), value);
    EXPECT_EQ(after(Ema{1}, {1, value}), value);
    EXPECT_EQ(after(Wma{1}, {1, value}), value);
    EXPECT_EQ(after(Trima{1}, {1, value}), value);
    EXPECT_EQ(after(Dema{1}, {1, value}), value);
    EXPECT_EQ(after(Tema{1}, {1, value}), value);
  }
}

TEST(MovingAverages, of_a_constant_are_that_constant) {
  const std::vector<double> values(100, 0.1);
  EXPECT_DOUBLE_EQ(after(Sma{7}, values), 0.1);
  EXPECT_DOUBLE_EQ(after(Wma{7}, values), 0.1);
  EXPECT_DOUBLE_EQ(after(Kama{7}, values), 0.1);
  EXPECT_DOUBLE_EQ(after(HullMovingAverage{7}, values), 0.1);
  EXPECT_DOUBLE_EQ(after(LinearRegression{7}, values), 0.1);
}

TEST(MovingAverages, hull_and_regression_do_not_lag_behind_a_straight_line) {
  std::vector<double> line;
  for (int i = 0; i < 200; ++i) line.push_back(50 + 3.0 * i);
  EXPECT_NEAR(after(LinearRegression{14}, line), line.back(), 1e-9);
  EXPECT_NEAR(after(LinearRegressionSlope{14}, line), 3, 1e-12);
  // WMA(n) of a line lags (n - 1) / 3: 2 * 5/3 of WMA(6) ... of 16: 2 * 7/3 - 15/3 + 3/3.
  EXPECT_NEAR(after(HullMovingAverage{16}, line), line.back() + 3 * (5.0 - 14.0 / 3 - 1), 1e-9);
}

TEST(WindowMoments, keep_their_precision_at_high_prices_and_after_a_jump) {
  made::Numbers numbers{3};
  for (const std::size_t window : {1U, 2U, 3U, 7U, 20U}) {
    WindowMoments moments{window};
    std::vector<double> values;
    for (int i = 0; i < 400; ++i) {
      const double level = i < 200 ? 1e9 : 1;
      values.push_back(level + static_cast<double>(numbers.below(1000)) / 1000);
      const auto [mean, variance] = moments.update(values.back());
      if (values.size() < window) {
        ASSERT_FALSE(has_value(mean));
        continue;
      }
      const auto* first = values.data() + values.size() - window;
      long double sum = 0;
      for (std::size_t k = 0; k < window; ++k) sum += first[k];
      const long double exact_mean = sum / static_cast<long double>(window);
      long double squares = 0;
      for (std::size_t k = 0; k < window; ++k) {
        squares += (first[k] - exact_mean) * (first[k] - exact_mean);
      }
      const double exact = static_cast<double>(squares / static_cast<long double>(window));
      const auto [low, high] = std::minmax_element(first, first + window);
      const double spread = *high - *low;
      ASSERT_NEAR(variance, exact, 1e-14 * spread * spread) << window << " at " << i;
      ASSERT_DOUBLE_EQ(mean, static_cast<double>(exact_mean));
    }
  }
}

TEST(WindowMoments, of_a_flat_window_have_no_variance_at_any_price) {
  for (const double price : {1e-8, 0.1, 123456789.123}) {
    EXPECT_EQ(after(Variance{20}, std::vector<double>(50, price)), 0);
    EXPECT_EQ(after(StandardDeviation{20}, std::vector<double>(50, price)), 0);
    EXPECT_EQ(after(ZScore{20}, std::vector<double>(50, price)), 0);
    const auto bands = after(Bollinger{20, 2}, std::vector<double>(50, price));
    EXPECT_EQ(bands.upper, price);
    EXPECT_EQ(bands.lower, price);
  }
}

TEST(WindowMoments, forget_a_huge_value_that_left_the_window) {
  WindowMoments moments{5};
  for (int round = 0; round < 100; ++round) {
    moments.update(1e12);
    WindowMoments::Value value;
    for (int i = 0; i < 5; ++i) value = moments.update(i % 2 == 0 ? 1 : 2);
    ASSERT_NEAR(value.variance, 0.24, 1e-12);
    ASSERT_NEAR(value.mean, 1.4, 1e-12);
  }
}

TEST(Deviation, the_sign_of_a_zscore_is_the_side_of_the_mean) {
  EXPECT_DOUBLE_EQ(after(ZScore{2}, {1, 3}), 1);
  EXPECT_DOUBLE_EQ(after(ZScore{2}, {3, 1}), -1);
}

TEST(Strength, only_rises_give_100_only_falls_0_and_no_move_0) {
  const std::vector<double> up = {1, 2, 3, 4, 5};
  const std::vector<double> down = {5, 4, 3, 2, 1};
  EXPECT_EQ(after(Rsi{3}, up), 100);
  EXPECT_EQ(after(Rsi{3}, down), 0);
  EXPECT_EQ(after(Cmo{3}, up), 100);
  EXPECT_EQ(after(Cmo{3}, down), -100);
  EXPECT_EQ(after(Rsi{3}, {4, 4, 4, 4, 4}), 0);
  EXPECT_FALSE(has_value(after(Rsi{3}, {1, 2, 3})));
}

TEST(Change, is_measured_against_the_value_period_candles_ago) {
  EXPECT_EQ(after(Momentum{2}, {5, 7, 8}), 3);
  EXPECT_EQ(after(RateOfChange{2}, {5, 7, 8}), (8.0 / 5 - 1) * 100);
  EXPECT_EQ(after(RateOfChange{1}, {0, 7}), 0) << "nothing to compare with";
  EXPECT_FALSE(has_value(after(Momentum{2}, {5, 7})));
  EXPECT_EQ(after(MaDivergence{2}, {100, 150}), (150 / 125.0 - 1) * 100);
}

TEST(Stochastic, is_0_where_the_range_has_no_height) {
  Stochastic stochastic{3, 2, 2};
  WilliamsR williams{3};
  for (int i = 0; i < 20; ++i) {
    const auto value = stochastic.update(flat(7));
    const double percent = williams.update(flat(7));
    if (i < 19) continue;
    EXPECT_EQ(value.k, 0);
    EXPECT_EQ(value.d, 0);
    EXPECT_EQ(percent, 0);
  }
}

TEST(Aroon, counts_the_candles_since_the_latest_of_equal_extremes) {
  Aroon aroon{4};
  Aroon::Value value;
  for (const double price : {5.0, 9.0, 3.0, 9.0, 4.0}) value = aroon.update(flat(price));
  EXPECT_EQ(value.up, 75);
  EXPECT_EQ(value.down, 50);
}

TEST(Aroon, agrees_with_a_search_through_the_window) {
  made::Numbers numbers{8};
  for (std::size_t window = 1; window < 12; ++window) {
    SlidingHighest highest{window};
    std::vector<double> values;
    for (int i = 0; i < 500; ++i) {
      values.push_back(static_cast<double>(numbers.below(6)));
      const std::size_t age = highest.push(values.back());
      std::size_t expected = 0;
      for (std::size_t k = 1; k < std::min(window, values.size()); ++k) {
        if (values[values.size() - 1 - k] > values[values.size() - 1 - expected]) expected = k;
      }
      ASSERT_EQ(age, expected);
    }
  }
}

TEST(DirectionalMovement, without_movement_is_0_and_the_index_stands_still) {
  Dx dx{3};
  Adx adx{3};
  double value = no_value;
  double average = no_value;
  for (int i = 0; i < 20; ++i) {
    value = dx.update(flat(10));
    average = adx.update(flat(10));
  }
  EXPECT_EQ(value, 0);
  EXPECT_EQ(average, 0);
}

TEST(Supertrend, stays_below_a_rise_above_a_fall_and_moves_only_with_the_trend) {
  Supertrend trend{3, 2};
  double stop = 0;
  for (int i = 0; i < 60; ++i) {
    const double price = 100 + 5.0 * i;
    const auto value = trend.update(candle(price, price + 2, price - 2, price + 1));
    if (i < 15) continue;
    ASSERT_EQ(value.direction, 1);
    ASSERT_LT(value.value, price);
    ASSERT_GE(value.value, stop);
    stop = value.value;
  }
  stop = 1e9;
  for (int i = 0; i < 60; ++i) {
    const double price = 395 - 5.0 * i;
    const auto value = trend.update(candle(price, price + 2, price - 2, price - 1));
    if (i < 15) continue;
    ASSERT_EQ(value.direction, -1);
    ASSERT_GT(value.value, price);
    ASSERT_LE(value.value, stop);
    stop = value.value;
  }
}

TEST(Ichimoku, draws_the_cloud_ahead_counting_the_present_candle) {
  Ichimoku cloud{1, 1, 1, 3};
  Ichimoku::Value value{};
  for (const double price : {10.0, 20.0, 30.0, 40.0}) value = cloud.update(flat(price));
  EXPECT_EQ(value.conversion, 40);
  EXPECT_EQ(value.span_a, 20);
  EXPECT_EQ(value.span_b, 20);
}

TEST(Volume, weighted_prices_of_hand_made_candles) {
  Vwap vwap{2};
  vwap.update(candle(10, 12, 6, 9, 1));
  EXPECT_EQ(vwap.update(candle(10, 14, 10, 12, 3)), (9 * 1 + 12 * 3) / 4.0);
  Vwma average{2};
  average.update(flat(10, 1));
  EXPECT_EQ(average.update(flat(20, 3)), 17.5);
}

TEST(Volume, a_window_without_any_is_answered_with_the_last_price) {
  Vwap vwap{2};
  vwap.update(flat(10, 0));
  EXPECT_EQ(vwap.update(flat(20, 0)), 20);
  ChaikinMoneyFlow flow{1};
  EXPECT_EQ(flow.update(candle(1, 3, 1, 2, 0)), 0);
  Mfi index{2};
  index.update(flat(1, 0));
  index.update(flat(2, 0));
  EXPECT_EQ(index.update(flat(3, 0)), 0);
}

TEST(Volume, running_sums_do_not_drift) {
  Obv balance;
  AccumulationDistribution line;
  balance.update(flat(100, 1e15));
  line.update(candle(1, 3, 1, 3, 1e15));
  double obv = 0;
  double ad = 0;
  for (int i = 0; i < 100'000; ++i) {
    balance.update(flat(101, 0.3));
    obv = balance.update(flat(100, 0.2));
    line.update(candle(1, 3, 1, 3, 0.3));
    ad = line.update(candle(1, 3, 1, 1, 0.2));
  }
  EXPECT_NEAR(obv - 1e15, 10'000, 0.5) << "a plain sum is thousands off";
  EXPECT_NEAR(ad - 1e15, 10'000, 0.5);
}

}  // namespace
}  // namespace hts::indicators
