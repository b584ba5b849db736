#include "engine/market/candle_grid.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

time::Timestamp at(std::string_view text) {
  return *time::parse_iso8601(text);
}

TEST(candle_grid, minutes_open_on_multiples_of_their_length) {
  const Timeframe three = *Timeframe::parse("3m");
  EXPECT_TRUE(opens_on_grid(at("2020-02-20T00:57:00Z"), three));
  EXPECT_FALSE(opens_on_grid(at("2020-02-20T00:58:00Z"), three));
  EXPECT_FALSE(opens_on_grid(at("2020-02-20T00:57:00.001Z"), three));
  EXPECT_EQ(candle_open_at(at("2020-02-20T00:59:59Z"), three), at("2020-02-20T00:57:00Z"));
}

TEST(candle_grid, days_open_at_midnight_utc) {
  EXPECT_TRUE(opens_on_grid(at("2004-08-19"), Timeframe::day()));
  EXPECT_FALSE(opens_on_grid(at("2004-08-19T15:00:00Z"), Timeframe::day()));
}

TEST(candle_grid, weeks_open_on_mondays) {
  const Timeframe week = *Timeframe::parse("1w");
  EXPECT_TRUE(opens_on_grid(at("2024-01-01"), week));   // a Monday
  EXPECT_FALSE(opens_on_grid(at("2024-01-04"), week));  // a Thursday, as 1970-01-01
  EXPECT_EQ(candle_open_at(at("2024-01-07T23:59:59Z"), week), at("2024-01-01"));
  EXPECT_EQ(candle_open_at(at("1970-01-01"), week), at("1970-01-01") - std::chrono::days{3});
}

}  // namespace
}  // namespace hts::market
