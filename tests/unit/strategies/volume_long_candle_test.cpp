#include "engine/strategies/volume_long_candle.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

std::vector<IndexedSignal> long_signals(const market::CandleSeries& candles,
                                        const std::vector<NamedValue>& given = {}) {
  return made::signals_of(VolumeLongCandle{made::parameters("volume_long_candle", given)}, candles);
}

/// Whether the last candle is bought after nineteen quiet ones of volume 1.
bool bought_after_quiet(const market::Candle& last) {
  market::CandleSeries candles;
  for (int i = 0; i < 19; ++i) candles.push_back(made::flat(100, 1));
  candles.push_back(last);
  const auto signals = long_signals(candles);
  for (const auto& signal : signals) EXPECT_EQ(signal.index, 19U);
  return !signals.empty();
}

TEST(VolumeLongCandle, buys_when_every_condition_holds) {
  EXPECT_TRUE(bought_after_quiet(made::candle(100, 105.9, 96.1, 102, 10)));
}

TEST(VolumeLongCandle, a_body_of_exactly_body_pct_is_enough_and_less_is_not) {
  EXPECT_TRUE(bought_after_quiet(made::candle(100, 102, 100, 102, 10)));
  EXPECT_FALSE(bought_after_quiet(made::candle(100, 102, 100, std::nextafter(102, 0), 10)));
}

TEST(VolumeLongCandle, a_falling_candle_is_not_bought) {
  EXPECT_FALSE(bought_after_quiet(made::candle(102, 102, 99.9, 99.9, 10)));
}

TEST(VolumeLongCandle, an_upper_wick_of_twice_the_body_pct_is_too_long) {
  EXPECT_TRUE(bought_after_quiet(made::candle(100, std::nextafter(106, 0), 100, 102, 10)));
  EXPECT_FALSE(bought_after_quiet(made::candle(100, 106, 100, 102, 10)));
}

TEST(VolumeLongCandle, a_lower_wick_of_twice_the_body_pct_is_too_long) {
  EXPECT_TRUE(bought_after_quiet(made::candle(100, 102, std::nextafter(96, 100), 102, 10)));
  EXPECT_FALSE(bought_after_quiet(made::candle(100, 102, 96, 102, 10)));
}

TEST(VolumeLongCandle, the_volume_must_reach_the_multiple_of_a_mean_that_holds_it) {
  // v >= 1.5 * (19 + v) / 20 from v = 57/37 on.
  EXPECT_TRUE(bought_after_quiet(made::candle(100, 102, 100, 102, 1.5406)));
  EXPECT_FALSE(bought_after_quiet(made::candle(100, 102, 100, 102, 1.5405)));
}

TEST(VolumeLongCandle, a_volume_exactly_at_the_multiple_is_enough) {
  market::CandleSeries candles;
  candles.push_back(made::flat(100, 1));
  candles.push_back(made::candle(100, 102, 100, 102, 3));  // (1 + 3) / 2 * 1.5 = 3
  EXPECT_EQ(long_signals(candles, {{"vol_ma_window", std::int64_t{2}}}).size(), 1U);
  candles.volume[1] = std::nextafter(3, 0);
  EXPECT_TRUE(long_signals(candles, {{"vol_ma_window", std::int64_t{2}}}).empty());
}

TEST(VolumeLongCandle, the_mean_is_over_the_candles_so_far_at_the_start) {
  market::CandleSeries candles;
  candles.push_back(made::candle(100, 102, 100, 102, 7));
  EXPECT_EQ(long_signals(candles, {{"vol_multiplier", 1.0}}).size(), 1U);
  EXPECT_TRUE(long_signals(candles, {{"vol_multiplier", 1.01}}).empty());
}

TEST(VolumeLongCandle, candles_older_than_the_window_do_not_count) {
  market::CandleSeries candles;
  for (int i = 0; i < 40; ++i) candles.push_back(made::flat(100, 1e9));
  for (int i = 0; i < 19; ++i) candles.push_back(made::flat(100, 1));
  candles.push_back(made::candle(100, 102, 100, 102, 10));
  const auto signals = long_signals(candles);
  ASSERT_EQ(signals.size(), 1U);
  EXPECT_EQ(signals[0].index, 59U);
}

TEST(VolumeLongCandle, equal_volumes_reach_their_mean_in_every_window_however_long_the_series) {
  for (const std::int64_t window : {1, 3, 7, 20, 49, 500}) {
    market::CandleSeries candles;
    for (int i = 0; i < 2000; ++i) candles.push_back(made::candle(100, 102, 100, 102, 0.1));
    const auto signals =
        long_signals(candles, {{"vol_multiplier", 1.0}, {"vol_ma_window", window}});
    ASSERT_EQ(signals.size(), candles.size()) << window;
    for (const auto& signal : signals) ASSERT_EQ(signal.signal.confidence, 1);
  }
}

TEST(VolumeLongCandle, a_trillion_that_passed_by_does_not_blur_a_later_tie) {
  market::CandleSeries candles;
  candles.push_back(made::flat(100, 1e12));
  for (int i = 0; i < 60; ++i) candles.push_back(made::candle(100, 102, 100, 102, 1e-9));
  const auto signals = long_signals(candles, {{"vol_multiplier", 1.0}});
  ASSERT_EQ(signals.size(), 41U);  // all whose window no longer holds the first candle
  EXPECT_EQ(signals.front().index, 20U);
}

TEST(VolumeLongCandle, a_window_without_volume_is_silent) {
  market::CandleSeries candles;
  for (int i = 0; i < 30; ++i) candles.push_back(made::candle(100, 102, 100, 102, 0));
  EXPECT_TRUE(long_signals(candles, {{"vol_multiplier", 1.0}}).empty());
}

TEST(VolumeLongCandle, signals_are_those_of_the_formula_on_random_candles) {
  made::Numbers numbers{3};
  market::CandleSeries candles;
  for (int i = 0; i < 5000; ++i) {
    const double open = 90 + numbers.uniform() * 20;
    const double close = open * (0.97 + numbers.uniform() * 0.07);
    const double high = std::max(open, close) * (1 + numbers.uniform() * 0.05);
    const double low = std::min(open, close) * (1 - numbers.uniform() * 0.05);
    candles.push_back(made::candle(open, high, low, close, numbers.uniform()));
  }
  std::vector<std::size_t> expected;
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const auto c = candles[i];
    const std::size_t begin = i + 1 - std::min<std::size_t>(i + 1, 20);
    long double sum = 0;
    for (std::size_t j = begin; j <= i; ++j) sum += candles.volume[j];
    const long double mean = sum / static_cast<long double>(i + 1 - begin);
    if (c.volume >= mean * 1.5L && c.close > c.open && (c.close - c.open) / c.open >= 0.02 &&
        (c.high - c.close) / c.open < 0.04 && (c.open - c.low) / c.open < 0.04) {
      expected.push_back(i);
    }
  }
  std::vector<std::size_t> bars;
  for (const auto& signal : long_signals(candles)) bars.push_back(signal.index);
  ASSERT_GT(expected.size(), 50U);
  EXPECT_EQ(bars, expected);
}

}  // namespace
}  // namespace hts::strategies
