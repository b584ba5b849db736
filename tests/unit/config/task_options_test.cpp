#include "config/schedule/task_options.hpp"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/schedule/daemon_tasks.hpp"
#include "integration/temporary_folder.hpp"

namespace hts::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ScheduleFile : public ::testing::Test {
 protected:
  auto read(const std::string& text) {
    const std::string file = (folder_.path() / "schedule").string();
    std::ofstream{file} << text;
    EXPECT_TRUE(settings_.set("schedule.file", file, "test"));
    return read_schedule(settings_);
  }

  hts::testing::TemporaryFolder folder_;
  Settings settings_;
};

TEST_F(ScheduleFile, without_the_setting_there_is_no_schedule) {
  const auto lines = read_schedule(settings_);
  ASSERT_TRUE(lines);
  EXPECT_FALSE(*lines);
}

TEST_F(ScheduleFile, sound_lines_are_taken_with_their_options) {
  const auto lines = read(
      "# the desk's\n"
      "nightly 30 3 * * * KST backup to=/srv/backup keep=3\n"
      "candles */10 * * * * UTC collect exchange=binance symbols=BTC_USDT,ETH_USDT "
      "timeframes=1m,1d days=2\n"
      "old @weekly UTC clean_up results_days=90\nmoney 0 9 * * * KST report\n"
      "tail @hourly UTC compact\n");
  ASSERT_TRUE(lines) << lines.error().message;
  ASSERT_EQ((*lines)->size(), 5U);
  const auto backup = backup_options((**lines)[0], settings_);
  ASSERT_TRUE(backup);
  EXPECT_EQ(backup->to, "/srv/backup");
  EXPECT_EQ(backup->keep, 3U);
  const auto collect = collect_options((**lines)[1], settings_);
  ASSERT_TRUE(collect);
  EXPECT_EQ(collect->exchange, "binance");
  EXPECT_EQ(collect->symbols.size(), 2U);
  EXPECT_EQ(collect->timeframes[1].name(), "1d");
  EXPECT_EQ(collect->days, 2);
  EXPECT_EQ(clean_up_options((**lines)[2], settings_)->results_days, 90);
}

TEST_F(ScheduleFile, a_mistake_is_named_with_its_line) {
  const auto message_of = [&](const std::string& line) {
    const auto lines = read("# first\n\n" + line + "\n");
    return lines ? std::string{"taken"} : lines.error().message;
  };
  EXPECT_THAT(message_of("a 61 3 * * * KST backup"), HasSubstr("schedule:3: "));
  EXPECT_THAT(message_of("a @daily UTC dance"), HasSubstr("schedule:3: 'dance' is no task"));
  EXPECT_THAT(message_of("a @daily UTC backup keep=0"), HasSubstr("schedule:3: keep"));
  EXPECT_THAT(message_of("a @daily UTC backup too=x"), HasSubstr("no option 'too'"));
  EXPECT_THAT(message_of("a @daily UTC compact now=1"), HasSubstr("it has none"));
  EXPECT_THAT(message_of("a @daily UTC collect exchange=upbit"), HasSubstr("symbols are missing"));
  EXPECT_THAT(message_of("a @daily UTC collect symbols=KRW-BTC"), HasSubstr("exchange=upbit"));
  EXPECT_THAT(message_of("a @daily UTC clean_up results_days=1"), HasSubstr("jobs.keep_days"));
  ASSERT_TRUE(settings_.set("schedule.file", "/nowhere/schedule", "test"));
  EXPECT_THAT(read_schedule(settings_).error().message, StartsWith("The schedule cannot be read"));
}

TEST(TaskNotices, tell_of_every_backup_and_of_what_failed) {
  scheduled_tasks::TaskRun run;
  run.name = "nightly";
  run.task = "backup";
  run.text = "It has 3 databases.";
  run.outcome = scheduled_tasks::TaskOutcome::done;
  const auto done = notice_of(run);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->kind, "backup");
  EXPECT_EQ(done->severity, actors::Severity::info);
  run.outcome = scheduled_tasks::TaskOutcome::failed;
  EXPECT_EQ(notice_of(run)->severity, actors::Severity::critical);
  run.task = "collect";
  EXPECT_EQ(notice_of(run)->kind, "task_failed");
  run.outcome = scheduled_tasks::TaskOutcome::done;
  EXPECT_FALSE(notice_of(run));
}

}  // namespace
}  // namespace hts::config
