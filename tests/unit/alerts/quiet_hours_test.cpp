#include "engine/alerts/quiet_hours.hpp"

#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr time::Timestamp midnight{std::chrono::days{19'943}};  // midnight UTC

QuietHours quiet(const char* text, time::Duration zone = {}) {
  auto parsed = QuietHours::parse(text, zone);
  if (parsed) return *parsed;
  ADD_FAILURE() << parsed.error().message;
  return {};
}

TEST(QuietHours, end_at_their_end_and_not_before_their_beginning) {
  const auto lunch = quiet("12:00-13:30");
  EXPECT_EQ(lunch.end_of(midnight + hours{12} - time::Duration{1}),
            midnight + hours{12} - time::Duration{1});
  EXPECT_EQ(lunch.end_of(midnight + hours{12}), midnight + minutes{810});
  EXPECT_EQ(lunch.end_of(midnight + minutes{809}), midnight + minutes{810});
  EXPECT_EQ(lunch.end_of(midnight + minutes{810}), midnight + minutes{810});
}

TEST(QuietHours, may_go_over_midnight) {
  const auto night = quiet("22:00-07:00");
  EXPECT_EQ(night.end_of(midnight + hours{23}), midnight + hours{31});
  EXPECT_EQ(night.end_of(midnight + hours{1}), midnight + hours{7});
  EXPECT_EQ(night.end_of(midnight + hours{8}), midnight + hours{8});
}

TEST(QuietHours, are_of_their_zone) {
  const auto night = quiet("22:00-07:00", time::kst_offset);
  EXPECT_EQ(night.end_of(midnight + hours{13}), midnight + hours{22});  // 22:00 KST to 07:00 KST
  EXPECT_EQ(night.end_of(midnight + hours{22}), midnight + hours{22});
  EXPECT_EQ(night.end_of(midnight + hours{12}), midnight + hours{12});
}

TEST(QuietHours, there_may_be_none) {
  EXPECT_EQ(quiet("-").end_of(midnight), midnight);
  EXPECT_EQ(QuietHours{}.end_of(midnight), midnight);
}

TEST(QuietHours, what_is_no_time_of_day_is_refused) {
  for (const char* text : {"", "22:00", "22-07", "24:00-07:00", "22:60-07:00", "22:00-22:00",
                           "2a:00-07:00", "22:00-07:00 KST"}) {
    const auto parsed = QuietHours::parse(text, {});
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().field, "notify.quiet_hours");
  }
}

TEST(QuietHours, zones_are_korea_and_utc) {
  EXPECT_EQ(*parse_zone("KST"), time::kst_offset);
  EXPECT_EQ(*parse_zone("UTC"), time::Duration::zero());
  EXPECT_EQ(parse_zone("CET").error().field, "notify.time_zone");
}

}  // namespace
}  // namespace hts::alerts
