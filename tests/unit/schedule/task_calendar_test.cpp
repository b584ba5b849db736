#include "engine/schedule/task_calendar.hpp"

#include <gtest/gtest.h>

namespace hts::schedule {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr time::Timestamp midnight{days{19'943}};

std::vector<ScheduleLine> schedule(const std::string& text) {
  auto lines = parse_schedule(text, "test");
  if (lines) return *lines;
  ADD_FAILURE() << lines.error().message;
  return {};
}

std::vector<time::Timestamp> dues(const std::vector<DueRun>& runs) {
  std::vector<time::Timestamp> all;
  for (const DueRun& run : runs) all.push_back(run.due);
  return all;
}

TEST(TaskCalendar, gives_each_due_time_out_once) {
  TaskCalendar calendar(schedule("a 30 * * * * UTC x"), {}, midnight);
  EXPECT_EQ(calendar.next_due(0, midnight), midnight + minutes{30});
  EXPECT_TRUE(calendar.take_due(0, midnight + minutes{30} - seconds{1}).empty());
  EXPECT_EQ(dues(calendar.take_due(0, midnight + minutes{30})),
            std::vector{midnight + minutes{30}});
  EXPECT_TRUE(calendar.take_due(0, midnight + minutes{30}).empty());
  EXPECT_EQ(calendar.next_due(0, midnight + minutes{30}), midnight + minutes{90});
}

TEST(TaskCalendar, a_new_line_has_missed_nothing) {
  TaskCalendar calendar(schedule("a @daily UTC x\nb @daily UTC x"), {{"a", midnight - days{2}}},
                        midnight + hours{1});
  EXPECT_EQ(calendar.take_due(0, midnight + hours{1}).size(), 1U);
  EXPECT_TRUE(calendar.take_due(1, midnight + hours{1}).empty());
}

TEST(TaskCalendar, skipped_runs_wait_for_the_next_due_time) {
  TaskCalendar calendar(schedule("a @hourly UTC x missed=skip"), {{"a", midnight}}, midnight);
  EXPECT_TRUE(calendar.take_due(0, midnight + hours{3} + minutes{6}).empty());
  EXPECT_EQ(dues(calendar.take_due(0, midnight + hours{4} + minutes{5})),
            std::vector{midnight + hours{4}});
}

TEST(TaskCalendar, missed_runs_become_one) {
  TaskCalendar calendar(schedule("a @hourly UTC x missed=run_once"), {{"a", midnight}}, midnight);
  const auto runs = calendar.take_due(0, midnight + hours{5} + minutes{50});
  EXPECT_EQ(runs, (std::vector<DueRun>{{0, midnight + hours{5}, 4}}));
  EXPECT_TRUE(calendar.take_due(0, midnight + hours{5} + minutes{51}).empty());
}

TEST(TaskCalendar, missed_runs_are_all_done_up_to_a_bound) {
  TaskCalendar calendar(schedule("a @hourly UTC x missed=run_all"), {{"a", midnight}}, midnight);
  EXPECT_EQ(dues(calendar.take_due(0, midnight + hours{2})),
            (std::vector{midnight + hours{1}, midnight + hours{2}}));
  const auto runs = calendar.take_due(0, midnight + hours{50});
  ASSERT_EQ(runs.size(), TaskCalendar::most_runs);
  EXPECT_EQ(runs.front(), (DueRun{0, midnight + hours{27}, 24}));
  EXPECT_EQ(runs.back(), (DueRun{0, midnight + hours{50}, 0}));
}

TEST(TaskCalendar, a_restart_goes_on_where_the_marks_are) {
  const auto lines = schedule("a @hourly UTC x");
  TaskCalendar before(lines, {}, midnight);
  EXPECT_EQ(before.take_due(0, midnight + hours{1}).size(), 1U);
  TaskCalendar after(lines, before.marks(), midnight + hours{1} + seconds{1});
  EXPECT_TRUE(after.take_due(0, midnight + hours{1} + minutes{1}).empty());
  EXPECT_EQ(after.take_due(0, midnight + hours{2}).size(), 1U);
}

TEST(TaskCalendar, a_clock_that_is_set_back_repeats_nothing) {
  TaskCalendar calendar(schedule("a * * * * * UTC x"), {}, midnight);
  EXPECT_EQ(calendar.take_due(0, midnight + minutes{30}).size(), 1U);
  for (int i = 0; i <= 30; ++i) {
    EXPECT_TRUE(calendar.take_due(0, midnight + minutes{i}).empty());
  }
  EXPECT_EQ(calendar.take_due(0, midnight + minutes{31}).size(), 1U);
}

TEST(TaskCalendar, a_clock_that_was_years_ahead_does_not_stop_a_task_for_years) {
  TaskCalendar calendar(schedule("a @hourly UTC x"), {{"a", midnight + days{4000}}}, midnight);
  EXPECT_EQ(calendar.next_due(0, midnight), midnight + hours{1});
  EXPECT_TRUE(calendar.take_due(0, midnight).empty());
  EXPECT_EQ(calendar.take_due(0, midnight + hours{1}).size(), 1U);
}

TEST(TaskCalendar, a_jump_of_centuries_costs_a_year_of_due_times_at_most) {
  TaskCalendar calendar(schedule("a @daily UTC x"), {{"a", midnight}}, midnight);
  const auto runs = calendar.take_due(0, midnight + days{70'000});
  EXPECT_EQ(runs, (std::vector<DueRun>{{0, midnight + days{70'000}, 365}}));
}

}  // namespace
}  // namespace hts::schedule
