#include "engine/schedule/schedule_line.hpp"

#include <gtest/gtest.h>

namespace hts::schedule {
namespace {

std::string field_of(const char* text) {
  const auto line = parse_schedule_line(text);
  return line ? "taken" : line.error().field;
}

TEST(ScheduleLine, has_a_name_a_time_a_zone_a_task_and_options) {
  const auto line = parse_schedule_line(
      "nightly-backup  30 3 * * mon-fri  KST  backup  missed=skip timeout=10m folder=/srv/backup");
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->name, "nightly-backup");
  EXPECT_EQ(line->cron.text(), "30 3 * * mon-fri");
  EXPECT_EQ(line->zone_name, "KST");
  EXPECT_EQ(line->zone, time::kst_offset);
  EXPECT_EQ(line->task, "backup");
  EXPECT_EQ(line->missed, MissedRuns::skip);
  EXPECT_EQ(line->timeout, std::chrono::minutes{10});
  EXPECT_EQ(line->option("folder"), "/srv/backup");
  EXPECT_EQ(line->option("symbols"), "");
}

TEST(ScheduleLine, takes_a_nickname_for_the_five_fields) {
  const auto line = parse_schedule_line("clean @daily UTC clean_up");
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->cron.text(), "@daily");
  EXPECT_EQ(line->missed, MissedRuns::run_once);
  EXPECT_EQ(line->timeout, std::chrono::hours{1});
}

TEST(ScheduleLine, what_is_wrong_is_named_by_its_field) {
  EXPECT_EQ(field_of(""), "name");
  EXPECT_EQ(field_of("a/b @daily UTC backup"), "name");
  EXPECT_EQ(field_of("a 61 * * * * UTC backup"), "cron");
  EXPECT_EQ(field_of("a @daily"), "zone");
  EXPECT_EQ(field_of("a @daily CET backup"), "zone");
  EXPECT_EQ(field_of("a @daily UTC"), "task");
  EXPECT_EQ(field_of("a @daily UTC backup missed=often"), "missed");
  EXPECT_EQ(field_of("a @daily UTC backup timeout=0s"), "timeout");
  EXPECT_EQ(field_of("a @daily UTC backup timeout=8000h"), "timeout");
  EXPECT_EQ(field_of("a @daily UTC backup timeout="), "timeout");
  EXPECT_EQ(field_of("a @daily UTC backup timeout=99999999999999999999s"), "timeout");
  EXPECT_EQ(field_of("a @daily UTC backup folder"), "option");
  EXPECT_EQ(field_of("a @daily UTC backup folder="), "folder");
  EXPECT_EQ(field_of("a @daily UTC backup folder=a folder=b"), "folder");
}

TEST(ScheduleLine, the_position_is_that_in_the_expression) {
  EXPECT_EQ(parse_schedule_line("a  0 25 * * * UTC backup").error().message,
            "The hour of the cron expression, position 3: '25' is out of range: give 0 to 23.");
}

TEST(ScheduleFile, comments_and_empty_lines_are_passed_over) {
  const auto lines = parse_schedule(
      "# tasks\n\n  a @daily UTC backup\r\n   # more\nb @hourly KST collect symbols=KRW-BTC", "s");
  ASSERT_TRUE(lines) << lines.error().message;
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ((*lines)[1].option("symbols"), "KRW-BTC");
}

TEST(ScheduleFile, what_is_wrong_is_found_by_its_line) {
  const auto wrong = parse_schedule("a @daily UTC backup\nb * UTC", "tasks.schedule");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "tasks.schedule:2");
  EXPECT_EQ(wrong.error().message.find("tasks.schedule:2: The hour"), 0U) << wrong.error().message;
  EXPECT_EQ(parse_schedule("a @daily UTC x\na @daily UTC y", "s").error().field, "s:2");
}

}  // namespace
}  // namespace hts::schedule
