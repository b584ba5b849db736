#include "engine/time/timestamp.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace hts::time {
namespace {

using result::ErrorCode;
namespace chrono = std::chrono;

Timestamp utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
              int second = 0) {
  return Timestamp{chrono::sys_days{chrono::year{year} / chrono::month{month} / chrono::day{day}}} +
         chrono::hours{hour} + chrono::minutes{minute} + chrono::seconds{second};
}

std::string iso(std::string_view text) {
  const auto parsed = parse_iso8601(text);
  return parsed ? format_iso8601(*parsed) : "refused";
}

TEST(timestamp, milliseconds_round_down_on_both_sides_of_the_epoch) {
  EXPECT_EQ(to_milliseconds(from_milliseconds(1582185600000)), 1582185600000);
  EXPECT_EQ(to_milliseconds(Timestamp{Duration{1'999'999}}), 1);
  EXPECT_EQ(to_milliseconds(Timestamp{Duration{-1}}), -1);
}

TEST(timestamp, a_utc_year_begins_at_its_first_instant_and_ends_before_the_next) {
  const Timestamp begin = utc_year_begin(2021);
  EXPECT_EQ(begin, utc(2021, 1, 1));
  EXPECT_EQ(utc_year(begin), 2021);
  EXPECT_EQ(utc_year(begin - Duration{1}), 2020);
  EXPECT_EQ(utc_year(utc(2020, 2, 29)), 2020);
}

TEST(timestamp, iso_is_written_with_milliseconds_only_when_there_are_some) {
  EXPECT_EQ(format_iso8601(from_milliseconds(1582197540000)), "2020-02-20T11:19:00Z");
  EXPECT_EQ(format_iso8601(from_milliseconds(1582197540007)), "2020-02-20T11:19:00.007Z");
  EXPECT_EQ(format_iso8601(Timestamp{Duration{999'999}}), "1970-01-01T00:00:00Z");
}

TEST(timestamp, tables_show_utc_minutes_and_korean_days) {
  EXPECT_EQ(format_minute(utc(2020, 2, 20, 11, 19, 59)), "2020-02-20 11:19");
  EXPECT_EQ(format_kst_date(utc(2020, 2, 20, 14, 59, 59)), "2020-02-20");
  EXPECT_EQ(format_kst_date(utc(2020, 2, 20, 15)), "2020-02-21");
}

TEST(timestamp, iso_offsets_move_the_time_to_utc) {
  EXPECT_EQ(iso("2024-01-31T09:00:00+09:00"), "2024-01-31T00:00:00Z");
  EXPECT_EQ(iso("2024-01-31T09:00:00+0900"), "2024-01-31T00:00:00Z");
  EXPECT_EQ(iso("2024-01-31T00:30:00-05:30"), "2024-01-31T06:00:00Z");
  EXPECT_EQ(iso("2024-01-01T00:30:00+09:00"), "2023-12-31T15:30:00Z");
  EXPECT_EQ(iso("2024-01-31T09:00:00z"), "2024-01-31T09:00:00Z");
}

TEST(timestamp, iso_takes_a_space_short_minutes_and_fractions) {
  EXPECT_EQ(iso("2017-04-19 09:00:00"), "2017-04-19T09:00:00Z");
  EXPECT_EQ(iso("2017-04-19T09:00Z"), "2017-04-19T09:00:00Z");
  EXPECT_EQ(iso("2017-04-19T09:00:00.25Z"), "2017-04-19T09:00:00.250Z");
  const auto nanoseconds = parse_iso8601("2017-04-19T09:00:00.123456789123Z");
  ASSERT_TRUE(nanoseconds);
  EXPECT_EQ((*nanoseconds - utc(2017, 4, 19, 9)).count(), 123'456'789);
  EXPECT_EQ(iso("2004-08-19"), "2004-08-19T00:00:00Z");
}

TEST(timestamp, a_missing_zone_is_utc_unless_one_is_required) {
  EXPECT_EQ(iso("2017-04-19T09:00:00"), "2017-04-19T09:00:00Z");
  EXPECT_FALSE(parse_iso8601("2017-04-19T09:00:00", true));
  EXPECT_FALSE(parse_iso8601("2017-04-19", true));
  EXPECT_TRUE(parse_iso8601("2017-04-19T09:00:00Z", true));
}

TEST(timestamp, text_that_is_no_date_is_refused_and_quoted) {
  for (const std::string_view text : {"",
                                      "now",
                                      "2024",
                                      "2024-1-1",
                                      "2024-13-01",
                                      "2024-00-10",
                                      "2024-02-30",
                                      "2023-02-29",
                                      "1969-12-31",
                                      "2201-01-01",
                                      "2024-01-01T24:00:00Z",
                                      "2024-01-01T00:60:00Z",
                                      "2024-01-01T00:00:60Z",
                                      "2024-01-01T00:00:00.Z",
                                      "2024-01-01T00:00:00+15:00",
                                      "2024-01-01T00:00:00+09:60",
                                      "2024-01-01T00:00:00+9",
                                      "2024-01-01T00:00:00Zjunk",
                                      "2024-01-01Z",
                                      "20240101",
                                      "2024/01/01",
                                      " 2024-01-01",
                                      "-024-01-01"}) {
    const auto parsed = parse_iso8601(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::malformed) << text;
    EXPECT_NE(parsed.error().message.find("'" + std::string{text} + "'"), std::string::npos);
  }
}

TEST(timestamp, a_very_long_text_is_quoted_only_in_part) {
  const auto parsed = parse_iso8601(std::string(100'000, '9'));
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.error().message.size(), 200U);
}

TEST(timestamp, the_first_and_last_accepted_years_fit) {
  EXPECT_EQ(iso("1970-01-01T00:00:00Z"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso("2200-12-31T23:59:59Z"), "2200-12-31T23:59:59Z");
}

TEST(timestamp, a_korean_day_begins_nine_hours_before_the_utc_day) {
  const auto day = parse_kst_date("2024-01-01");
  ASSERT_TRUE(day);
  EXPECT_EQ(*day, utc(2023, 12, 31, 15));
  EXPECT_FALSE(parse_kst_date("2024-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_kst_date("2024-02-30"));
}

TEST(timestamp, a_range_of_days_includes_both_korean_days) {
  const auto range = parse_date_range("2024-01-01", "2024-01-02");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, utc(2023, 12, 31, 15));
  EXPECT_EQ(range->end, utc(2024, 1, 2, 15));
  EXPECT_TRUE(range->contains(range->begin));
  EXPECT_FALSE(range->contains(range->end));
}

TEST(timestamp, a_range_of_one_day_is_that_day) {
  const auto range = parse_date_range("2024-02-29", "2024-02-29");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->end - range->begin, chrono::hours{24});
}

TEST(timestamp, a_range_of_instants_includes_its_last_millisecond) {
  const auto range = parse_date_range("2024-01-01T00:00:00Z", "2024-01-01T09:00:00+09:00");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, utc(2024, 1, 1));
  EXPECT_EQ(range->end, utc(2024, 1, 1) + chrono::milliseconds{1});
}

TEST(timestamp, a_reversed_range_is_refused_naming_the_end) {
  const auto range = parse_date_range("2024-01-02", "2024-01-01");
  ASSERT_FALSE(range);
  EXPECT_EQ(range.error().code, ErrorCode::invalid);
  EXPECT_EQ(range.error().field, "end_date");
  EXPECT_NE(range.error().message.find("2024-01-02"), std::string::npos);
}

TEST(timestamp, a_bad_date_in_a_range_names_its_field) {
  const auto bad_start = parse_date_range("yesterday", "2024-01-01");
  ASSERT_FALSE(bad_start);
  EXPECT_EQ(bad_start.error().field, "start_date");
  const auto bad_end = parse_date_range("2024-01-01", "2024-01-32");
  ASSERT_FALSE(bad_end);
  EXPECT_EQ(bad_end.error().field, "end_date");
  const auto no_zone = parse_date_range("2024-01-01", "2024-01-02T00:00:00");
  ASSERT_FALSE(no_zone);
  EXPECT_EQ(no_zone.error().field, "end_date");
}

}  // namespace
}  // namespace hts::time
