#include "engine/market/candle_series.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

time::Timestamp minute_at(int minute) {
  return time::Timestamp{std::chrono::minutes{minute}};
}

CandleSeries series_of(int count) {
  CandleSeries series;
  for (int i = 0; i < count; ++i) {
    series.push_back({minute_at(i), 10.0 + i, 12.0 + i, 9.0 + i, 11.0 + i, 1.0 * i});
  }
  return series;
}

TEST(candle_series, columns_give_back_the_candles) {
  const CandleSeries series = series_of(3);
  EXPECT_EQ(series.size(), 3U);
  EXPECT_EQ(series[2], (Candle{minute_at(2), 12, 14, 11, 13, 2}));
  EXPECT_EQ(series.view()[2], series[2]);
}

TEST(candle_series, a_slice_shows_a_part_without_copying) {
  const CandleSeries series = series_of(10);
  const CandleView part = series.view().slice(4, 3);
  EXPECT_EQ(part.size(), 3U);
  EXPECT_EQ(part[0], series[4]);
  EXPECT_EQ(part.open.data(), series.open.data() + 4);
  EXPECT_EQ(part.volume.data(), series.volume.data() + 4);
}

TEST(candle_series, within_takes_the_begin_and_leaves_the_end_out) {
  const CandleSeries series = series_of(10);
  const CandleView part = series.view().within({minute_at(3), minute_at(6)});
  ASSERT_EQ(part.size(), 3U);
  EXPECT_EQ(part[0], series[3]);
  EXPECT_EQ(part[2], series[5]);
}

TEST(candle_series, within_a_range_outside_is_empty) {
  const CandleSeries series = series_of(10);
  EXPECT_TRUE(series.view().within({minute_at(10), minute_at(20)}).empty());
  EXPECT_TRUE(series.view().within({minute_at(-5), minute_at(0)}).empty());
  EXPECT_TRUE(series.view().within({minute_at(6), minute_at(3)}).empty());
  EXPECT_TRUE(CandleSeries{}.view().within({}).empty());
  EXPECT_EQ(series.view().within({}).size(), 10U);
}

TEST(candle_series, appending_halves_gives_the_whole) {
  const CandleSeries whole = series_of(10);
  CandleSeries joined;
  joined.reserve(10);
  joined.append(whole.view().slice(0, 4));
  joined.append(whole.view().slice(4, 6));
  EXPECT_EQ(joined, whole);
  joined.clear();
  EXPECT_TRUE(joined.empty());
  EXPECT_EQ(joined, CandleSeries{});
}

}  // namespace
}  // namespace hts::market
