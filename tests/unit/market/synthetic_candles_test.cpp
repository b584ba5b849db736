#include "engine/market/synthetic_candles.hpp"

#include <gtest/gtest.h>

namespace hts::market {
namespace {

constexpr time::Timestamp begin = time::from_milliseconds(1'600'000'200'000);

TEST(SyntheticCandles, every_candle_is_sound_and_on_its_grid) {
  const auto series = make_synthetic_candles({}, begin, Timeframe::minute(), 20'000, 7);
  ASSERT_EQ(series.size(), 20'000U);
  for (std::size_t i = 0; i < series.size(); ++i) {
    ASSERT_EQ(find_defect(series[i]), std::nullopt) << "candle " << i;
    ASSERT_EQ(series.open_time[i], begin + std::chrono::minutes{i});
  }
}

TEST(SyntheticCandles, a_seed_gives_the_same_candles_and_another_seed_others) {
  const auto first = make_synthetic_candles({}, begin, Timeframe::day(), 100, 7);
  EXPECT_EQ(first, make_synthetic_candles({}, begin, Timeframe::day(), 100, 7));
  EXPECT_NE(first.close, make_synthetic_candles({}, begin, Timeframe::day(), 100, 8).close);
}

TEST(SyntheticCandles, a_longer_series_begins_with_the_shorter_one) {
  const auto shorter = make_synthetic_candles({}, begin, Timeframe::day(), 50, 3);
  const auto longer = make_synthetic_candles({}, begin, Timeframe::day(), 80, 3);
  EXPECT_TRUE(std::equal(shorter.close.begin(), shorter.close.end(), longer.close.begin()));
}

}  // namespace
}  // namespace hts::market
