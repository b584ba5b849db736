#include "engine/schedule/cron_expression.hpp"

#include <string>

#include <gtest/gtest.h>

namespace hts::schedule {
namespace {

time::Timestamp at(const char* text) {
  return *time::parse_iso8601(text);
}

/// The due time after `t`, or what is wrong.
std::string next(const char* expression, const char* t, time::Duration zone = {}) {
  const auto cron = CronExpression::parse(expression);
  if (!cron) return cron.error().message;
  const auto due = cron->next_after(at(t), zone);
  return due ? time::format_iso8601(*due) : "never";
}

std::string refusal(const char* expression) {
  const auto cron = CronExpression::parse(expression);
  return cron ? "taken" : cron.error().message;
}

TEST(CronExpression, a_minute_that_has_begun_is_over) {
  EXPECT_EQ(next("* * * * *", "2024-08-08T09:30:00Z"), "2024-08-08T09:31:00Z");
  EXPECT_EQ(next("* * * * *", "2024-08-08T09:30:59.999Z"), "2024-08-08T09:31:00Z");
}

TEST(CronExpression, lists_ranges_and_steps_name_minutes) {
  EXPECT_EQ(next("5,10-12,40-59/10 * * * *", "2024-08-08T09:05:00Z"), "2024-08-08T09:10:00Z");
  EXPECT_EQ(next("5,10-12,40-59/10 * * * *", "2024-08-08T09:12:00Z"), "2024-08-08T09:40:00Z");
  EXPECT_EQ(next("5,10-12,40-59/10 * * * *", "2024-08-08T09:50:00Z"), "2024-08-08T10:05:00Z");
  EXPECT_EQ(next("*/15 * * * *", "2024-08-08T09:46:00Z"), "2024-08-08T10:00:00Z");
}

TEST(CronExpression, a_time_zone_moves_the_hours_and_the_days) {
  EXPECT_EQ(next("30 3 * * *", "2024-08-08T00:00:00Z", time::kst_offset), "2024-08-08T18:30:00Z");
  EXPECT_EQ(next("0 0 1 * *", "2024-08-08T00:00:00Z", time::kst_offset), "2024-08-31T15:00:00Z");
}

TEST(CronExpression, either_of_two_restricted_days_is_due) {
  // 2024-08-09 is a Friday.
  EXPECT_EQ(next("0 0 13 * fri", "2024-08-08T00:00:00Z"), "2024-08-09T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * fri", "2024-08-09T00:00:00Z"), "2024-08-13T00:00:00Z");
}

TEST(CronExpression, a_field_of_days_with_a_star_narrows_the_other) {
  EXPECT_EQ(next("0 0 */2 * sun", "2024-08-08T00:00:00Z"), "2024-08-11T00:00:00Z");
  EXPECT_EQ(next("0 0 */2 * sun", "2024-08-11T00:00:00Z"), "2024-08-25T00:00:00Z");
}

TEST(CronExpression, sunday_has_two_numbers_and_ends_a_week) {
  for (const char* sunday : {"0 0 * * 0", "0 0 * * 7", "0 0 * * SUN", "0 0 * * 7-7"}) {
    EXPECT_EQ(next(sunday, "2024-08-08T00:00:00Z"), "2024-08-11T00:00:00Z") << sunday;
  }
  EXPECT_EQ(next("0 0 * * sat-sun", "2024-08-10T00:00:00Z"), "2024-08-11T00:00:00Z");
}

TEST(CronExpression, a_leap_day_that_is_a_sunday_is_found_decades_away) {
  EXPECT_EQ(next("0 0 29 2 *", "2024-03-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 29 feb */7", "2080-01-01T00:00:00Z"), "2088-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 29 feb */7", "2088-03-01T00:00:00Z"), "2128-02-29T00:00:00Z");
}

TEST(CronExpression, nicknames_stand_for_expressions) {
  EXPECT_EQ(next("@hourly", "2024-08-08T09:30:00Z"), "2024-08-08T10:00:00Z");
  EXPECT_EQ(next("@weekly", "2024-08-08T09:30:00Z"), "2024-08-11T00:00:00Z");
  EXPECT_EQ(next("@yearly", "2024-08-08T09:30:00Z"), "2025-01-01T00:00:00Z");
  EXPECT_EQ(CronExpression::parse(" @daily ")->text(), "@daily");
  EXPECT_EQ(CronExpression::parse(" 0  1 * jan\t* ")->text(), "0 1 * jan *");
}

TEST(CronExpression, time_ends) {
  EXPECT_EQ(CronExpression::parse("* * * * *")->next_after(time::Timestamp::max(), {}),
            std::nullopt);
  EXPECT_EQ(next("0 0 29 2 *", "2200-12-31T00:00:00Z"), "2204-02-29T00:00:00Z");
  EXPECT_TRUE(CronExpression::parse("* * * * *")->next_after(time::Timestamp::min(), {}));
}

TEST(CronExpression, what_is_wrong_is_named_with_field_and_position) {
  EXPECT_EQ(refusal("60 * * * *"),
            "The minute of the cron expression, position 1: '60' is out of range: give 0 to 59.");
  EXPECT_EQ(refusal("0 1-x * * *"),
            "The hour of the cron expression, position 5: 'x' is not understood: give a number, a "
            "range, a list or *.");
  EXPECT_EQ(refusal("0 0 * foo *"),
            "The month of the cron expression, position 7: 'foo' is not understood: give a number, "
            "a name of three letters, a range, a list or *.");
  EXPECT_EQ(refusal("0 0 *"),
            "The month of the cron expression, position 6: it is missing: give minute, hour, day "
            "of the month, month and day of the week.");
  EXPECT_EQ(refusal("0 0 * * * *"),
            "The end of the cron expression, position 11: there are more than five fields; leave "
            "the rest out.");
  EXPECT_EQ(refusal("*/0 * * * *"),
            "The minute of the cron expression, position 3: '0' is no step: give a whole number "
            "from 1.");
  EXPECT_EQ(CronExpression::parse("1,,2 * * * *").error().field, "cron");
}

TEST(CronExpression, nonsense_is_refused) {
  for (const char* wrong : {"",
                            " ",
                            "@reboot",
                            "@",
                            "-1 * * * *",
                            "5-1 * * * *",
                            "5/2 * * * *",
                            "*5 * * * *",
                            "1, * * * *",
                            "1- * * * *",
                            "* 24 * * *",
                            "* * 0 * *",
                            "* * 32 * *",
                            "* * * 13 *",
                            "* * * * 8",
                            "99999999999999999999 * * * *",
                            "*/ * * * *",
                            "0 0 30 2 *",
                            "0 0 31 4,6 *",
                            "* * * * mon-",
                            "* * * jan-feb-mar *",
                            "\n * * * *"}) {
    EXPECT_NE(refusal(wrong), "taken") << wrong;
  }
  EXPECT_FALSE(CronExpression::parse(std::string(5000, '1')));
}

}  // namespace
}  // namespace hts::schedule
