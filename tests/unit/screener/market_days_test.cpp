#include "engine/screener/market_days.hpp"

#include <gtest/gtest.h>

#include "kept_candles.hpp"

namespace hts::screener {
namespace {

using market::DayBoundary;
using market::Timeframe;
using testing::KeptCandles;

const market::Symbol btc = market::Symbol::parse("KRW-BTC").value();
/// Noon UTC of a day.
const time::Timestamp now =
    time::from_milliseconds(1'700'000'000'000 / 86'400'000 * 86'400'000) + std::chrono::hours{12};
const time::Timestamp midnight = now - std::chrono::hours{12};
constexpr std::chrono::hours day{24};

void put(KeptCandles& store, Timeframe timeframe,
         const std::vector<std::pair<time::Timestamp, double>>& candles) {
  std::vector<market::Candle> made;
  for (const auto& [open_time, close] : candles) {
    made.push_back({open_time, close, close + 1, close - 1, close, 2});
  }
  store.add(btc, timeframe, made);
}

TEST(MarketDays, stored_days_are_followed_by_what_minutes_have_of_the_rest) {
  KeptCandles store;
  put(store, Timeframe::day(), {{midnight - 2 * day, 10}, {midnight - day, 11}});
  put(store, Timeframe::minute(),
      {{midnight - day + std::chrono::hours{3}, 99},  // the day has it already
       {midnight, 12},
       {midnight + std::chrono::hours{3}, 15}});
  const auto market =
      load_days(store, btc, {Timeframe::minute(), Timeframe::day()}, DayBoundary::utc, now);
  ASSERT_TRUE(market) << market.error().message;
  ASSERT_EQ(market->days.size(), 3U);
  EXPECT_EQ(market->days[1].close, 11);
  EXPECT_EQ(market->days[2], (market::Candle{midnight, 12, 16, 11, 15, 4}));
  EXPECT_EQ(market->price(), 15);
  EXPECT_EQ(market->price_time, midnight + std::chrono::hours{3} + std::chrono::minutes{1});
}

TEST(MarketDays, days_are_cut_at_midnight_in_korea_if_that_is_wanted) {
  KeptCandles store;
  put(store, Timeframe::minute(),
      {{midnight - std::chrono::hours{9} - std::chrono::minutes{1}, 1},
       {midnight - std::chrono::hours{9}, 2},
       {midnight, 3}});
  const auto korea = load_days(store, btc, {Timeframe::minute()}, DayBoundary::kst, now);
  ASSERT_TRUE(korea);
  ASSERT_EQ(korea->days.size(), 2U);
  EXPECT_EQ(korea->days[1].open_time, midnight - std::chrono::hours{9});
  EXPECT_EQ(korea->days[1].close, 3);
  const auto utc = load_days(store, btc, {Timeframe::minute()}, DayBoundary::utc, now);
  ASSERT_TRUE(utc);
  EXPECT_EQ(utc->days[0].close, 2);
}

TEST(MarketDays, what_is_too_old_or_of_weeks_alone_is_no_market_of_today) {
  KeptCandles store;
  put(store, Timeframe::day(), {{midnight - most_days * day, 10}});
  const auto old = load_days(store, btc, {Timeframe::day()}, DayBoundary::utc, now);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, result::ErrorCode::not_found);
  EXPECT_FALSE(load_days(store, btc, {Timeframe::all().back()}, DayBoundary::utc, now));
}

}  // namespace
}  // namespace hts::screener
