#include "engine/market/timeframe.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

TEST(timeframe, every_timeframe_survives_its_name_and_its_length) {
  for (const Timeframe& timeframe : Timeframe::all()) {
    const auto by_name = Timeframe::parse(timeframe.name());
    ASSERT_TRUE(by_name);
    EXPECT_EQ(*by_name, timeframe);
    const auto by_length = Timeframe::of(timeframe.length());
    ASSERT_TRUE(by_length);
    EXPECT_EQ(*by_length, timeframe);
  }
}

TEST(timeframe, the_list_is_ordered_from_short_to_long) {
  const auto& all = Timeframe::all();
  EXPECT_EQ(all.front().name(), "1m");
  EXPECT_EQ(all.back().name(), "1w");
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1], all[i]);
}

TEST(timeframe, case_does_not_matter_and_capital_m_is_a_minute) {
  EXPECT_EQ(*Timeframe::parse("1M"), Timeframe::minute());
  EXPECT_EQ(*Timeframe::parse("1D"), Timeframe::day());
  EXPECT_EQ(Timeframe::parse("4H")->length(), std::chrono::hours{4});
}

TEST(timeframe, anything_else_is_refused_with_the_list) {
  for (const std::string_view text : {"", "2m", "1", "m", "1m ", "60m", "1mo", "01m", "1mm"}) {
    const auto timeframe = Timeframe::parse(text);
    ASSERT_FALSE(timeframe) << text;
    EXPECT_EQ(timeframe.error().code, result::ErrorCode::invalid);
    EXPECT_EQ(timeframe.error().field, "timeframe");
    EXPECT_NE(timeframe.error().message.find("1m 3m 5m"), std::string::npos);
  }
  EXPECT_FALSE(Timeframe::parse("1m234567890"));
}

TEST(timeframe, a_length_that_is_none_is_refused) {
  EXPECT_FALSE(Timeframe::of(std::chrono::minutes{2}));
  EXPECT_FALSE(Timeframe::of(std::chrono::seconds{61}));
  EXPECT_FALSE(Timeframe::of(time::Duration::zero()));
  EXPECT_FALSE(Timeframe::of(-std::chrono::minutes{1}));
}

}  // namespace
}  // namespace hts::market
