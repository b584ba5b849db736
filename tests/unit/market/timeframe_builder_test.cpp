#include "engine/market/timeframe_builder.hpp"

#include <chrono>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/market/candle_grid.hpp"

namespace hts::market {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

time::Timestamp moment(std::string_view text) {
  return *time::parse_iso8601(text);
}

Candle minute_candle(time::Timestamp opens, double price, double volume) {
  return {opens, price, price + 1, price - 1, price, volume};
}

TEST(timeframe_builder, a_candle_closes_with_its_last_minute_also_without_a_trade_in_it) {
  TimeframeBuilder builder(*Timeframe::parse("3m"));
  const time::Timestamp noon = moment("2024-08-08T12:00:00Z");
  EXPECT_FALSE(builder.add(minute_candle(noon, 100, 0.1)));
  EXPECT_FALSE(builder.close_minute(noon));
  EXPECT_FALSE(builder.add(minute_candle(noon + minutes{1}, 103, 0.2)));
  EXPECT_FALSE(builder.close_minute(noon + minutes{1}));
  const auto closed = builder.close_minute(noon + minutes{2});
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->candle, (Candle{noon, 100, 104, 99, 103, 0.3}));
  EXPECT_FALSE(builder.close_minute(noon + minutes{5})) << "there was no trade in the next one";
}

TEST(timeframe_builder, candles_without_a_trade_are_counted) {
  TimeframeBuilder builder(*Timeframe::parse("5m"));
  const time::Timestamp noon = moment("2024-08-08T12:00:00Z");
  builder.add(minute_candle(noon, 100, 1));
  EXPECT_EQ(builder.close_minute(noon + minutes{4})->missing, 0U);
  builder.add(minute_candle(noon + minutes{17}, 100, 1));
  EXPECT_EQ(builder.close_minute(noon + minutes{19})->missing, 2U);
}

TEST(timeframe_builder, days_and_weeks_begin_where_the_setting_says) {
  const time::Timestamp t = moment("2024-08-08T16:30:00Z");  // a Friday, 01:30, in Korea
  const Timeframe week = *Timeframe::parse("1w");
  EXPECT_EQ(bucket_open_at(t, Timeframe::day(), DayBoundary::utc), moment("2024-08-08T00:00:00Z"));
  EXPECT_EQ(bucket_open_at(t, Timeframe::day(), DayBoundary::kst), moment("2024-08-08T15:00:00Z"));
  EXPECT_EQ(bucket_open_at(t, week, DayBoundary::utc), moment("2024-08-05T00:00:00Z"));
  EXPECT_EQ(bucket_open_at(t, week, DayBoundary::kst), moment("2024-08-04T15:00:00Z"));
  const Timeframe four_hours = *Timeframe::parse("4h");
  EXPECT_EQ(bucket_open_at(t, four_hours, DayBoundary::kst),
            bucket_open_at(t, four_hours, DayBoundary::utc));
}

TEST(timeframe_builder, a_korean_day_closes_with_the_minute_before_its_midnight) {
  TimeframeBuilder builder(Timeframe::day(), DayBoundary::kst);
  builder.add(minute_candle(moment("2024-08-08T14:59:00Z"), 100, 1));
  const auto closed = builder.close_minute(moment("2024-08-08T14:59:00Z"));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->candle.open_time, moment("2024-08-07T15:00:00Z"));
}

CandleSeries random_minutes(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  CandleSeries series;
  time::Timestamp t = moment("2024-01-01T00:00:00Z") + minutes{random() % 20'000};
  for (int i = 0; i < 3'000; ++i) {
    const double price = static_cast<double>(1'000 + random() % 100);
    series.push_back({t, price, price + static_cast<double>(random() % 5),
                      price - static_cast<double>(random() % 5), price,
                      static_cast<double>(random() % 1'000'000'000) / 1e8});
    t += minutes{random() % 30 == 0 ? 1 + random() % 600 : 1};
  }
  return series;
}

/// Bucket by bucket, by the definition.
CandleSeries by_definition(const CandleSeries& minutes_, Timeframe timeframe,
                           DayBoundary boundary) {
  std::map<time::Timestamp, Candle> buckets;
  std::map<time::Timestamp, std::uint64_t> units;
  for (std::size_t i = 0; i < minutes_.size(); ++i) {
    Candle minute = minutes_[i];
    const time::Timestamp opens = bucket_open_at(minute.open_time, timeframe, boundary);
    units[opens] += static_cast<std::uint64_t>(minute.volume * 1e8 + 0.5);
    minute.open_time = opens;
    auto [bucket, is_new] = buckets.try_emplace(opens, minute);
    if (is_new) continue;
    bucket->second.high = std::max(bucket->second.high, minute.high);
    bucket->second.low = std::min(bucket->second.low, minute.low);
    bucket->second.close = minute.close;
  }
  CandleSeries series;
  for (auto& [opens, candle] : buckets) {
    candle.volume = static_cast<double>(units[opens]) / 1e8;
    series.push_back(candle);
  }
  return series;
}

TEST(timeframe_builder, every_timeframe_equals_its_definition_by_clock_and_in_one_go) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const CandleSeries series = random_minutes(seed);
    for (const Timeframe timeframe : Timeframe::all()) {
      for (const DayBoundary boundary : {DayBoundary::utc, DayBoundary::kst}) {
        const CandleSeries expected = by_definition(series, timeframe, boundary);
        ASSERT_EQ(resample(series.view(), timeframe, boundary, time::Timestamp::max()), expected)
            << timeframe.name() << " seed " << seed;

        TimeframeBuilder builder(timeframe, boundary);
        CandleSeries live;
        std::size_t next = 0;
        const time::Timestamp end = series.open_time.back() + hours{24 * 8};
        for (time::Timestamp t = series.open_time.front(); t < end; t += minutes{1}) {
          if (next < series.size() && series.open_time[next] == t) {
            ASSERT_FALSE(builder.add(series[next++])) << "the clock closes first";
          }
          if (const auto closed = builder.close_minute(t)) {
            EXPECT_EQ(closed->candle.open_time + timeframe.length(), t + minutes{1});
            live.push_back(closed->candle);
          }
        }
        ASSERT_EQ(live, expected) << timeframe.name() << " seed " << seed;
      }
    }
  }
}

TEST(timeframe_builder, resampling_leaves_out_what_has_not_closed) {
  CandleSeries series;
  const time::Timestamp noon = moment("2024-08-08T12:00:00Z");
  for (int i = 0; i < 5; ++i) series.push_back(minute_candle(noon + minutes{i}, 100, 1));
  const Timeframe three = *Timeframe::parse("3m");
  EXPECT_EQ(resample(series.view(), three, DayBoundary::utc, noon + minutes{5}).size(), 1U);
  EXPECT_EQ(resample(series.view(), three, DayBoundary::utc, noon + minutes{6}).size(), 2U);
  EXPECT_TRUE(resample({}, three, DayBoundary::utc, noon).empty());
}

}  // namespace
}  // namespace hts::market
