// Scheduled tasks as an operator meets them: the file, the commands, a reload, the journal.

#include <chrono>
#include <filesystem>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds schedule_patience{60};
constexpr const char* all_tasks =
    "# never by itself while a test runs\n"
    "nightly @yearly KST backup keep=2\n"
    "tidy    @yearly KST clean_up results_days=30\n"
    "tail    @yearly UTC compact\n"
    "money   @yearly KST report\n";

class Schedule : public ::testing::Test {
 protected:
  Outcome run(const RunningDaemon& daemon, std::vector<std::string> words) const {
    words.insert(words.end(), {"--daemon", daemon.url()});
    return run_hts(words, place_.path());
  }
  std::string page(const RunningDaemon& daemon, const std::string& path) const {
    const auto answer = daemon_client::get(daemon.url() + path, schedule_patience);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? answer->body : "";
  }
  /// Asks the daemon until its log has the text.
  void wait_for_log(const RunningDaemon& daemon, const std::string& text) const {
    const auto end = std::chrono::steady_clock::now() + schedule_patience;
    while (daemon.log().find(text) == std::string::npos && std::chrono::steady_clock::now() < end) {
      (void)daemon_client::get(daemon.url() + "/health", schedule_patience);
    }
    EXPECT_THAT(daemon.log(), HasSubstr(text));
  }

  TemporaryDirectory place_;
};

TEST_F(Schedule, tasks_are_listed_run_by_name_and_counted) {
  const std::string file = place_.write("schedule", all_tasks);
  {
    RunningDaemon daemon(place_.path(), {"--schedule.file", file});
    const auto list = run(daemon, {"schedule", "list"});
    EXPECT_EQ(list.status, 0) << list.err;
    EXPECT_THAT(list.out, HasSubstr("nightly"));
    EXPECT_THAT(list.out, HasSubstr("@yearly KST"));
    for (const char* name : {"nightly", "tidy", "tail", "money"}) {
      const auto ended = run(daemon, {"schedule", "run", name});
      EXPECT_EQ(ended.status, 0) << ended.out << ended.err << daemon.log();
      EXPECT_THAT(ended.out, HasSubstr(std::string{name} + " is done"));
    }
    const auto unknown = run(daemon, {"schedule", "run", "nobody"});
    EXPECT_NE(unknown.status, 0);
    EXPECT_THAT(unknown.err, HasSubstr("nightly"));

    const auto status = boost::json::parse(page(daemon, "/api/scheduler/status"));
    EXPECT_EQ(status.at("status").as_string(), "running");
    const auto& backup = status.at("tasks").at(0);
    EXPECT_EQ(backup.at("runs").to_number<int>(), 1);
    EXPECT_EQ(backup.at("last_run").at("outcome").as_string(), "done");
    EXPECT_THAT(page(daemon, "/metrics"),
                HasSubstr("hts_task_runs_total{name=\"nightly\",task=\"backup\"} 1"));
    wait_for_log(daemon, "There is no paper session.");
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto backups = place_.path() / "state" / "backups";
  ASSERT_TRUE(std::filesystem::exists(backups));
  const auto first = std::filesystem::directory_iterator {
    backups
  } -> path();
  EXPECT_TRUE(std::filesystem::exists(first / "results.sqlite"));
  EXPECT_TRUE(std::filesystem::exists(first / "jobs.sqlite"));
  // What the tasks brought to the actors is in the journal, and a replay knows it.
  const auto replayed = run_hts({"replay", "state/journal"}, place_.path());
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

TEST_F(Schedule, a_mistake_refuses_the_start_and_a_reload_keeps_what_was) {
  const std::string file = place_.write("schedule", "a 61 3 * * * KST backup\n");
  const auto refused =
      run_hts({"serve", "--http.port", "0", "--schedule.file", file}, place_.path());
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.err, HasSubstr("schedule:1: "));
  EXPECT_FALSE(std::filesystem::exists(place_.path() / "state"));

  (void)place_.write("schedule", all_tasks);
  RunningDaemon daemon(place_.path(), {"--schedule.file", file});
  (void)place_.write("schedule", "other @daily UTC dance\n");
  ASSERT_EQ(kill(daemon.pid(), SIGHUP), 0);
  wait_for_log(daemon, "The schedule stays as it is");
  EXPECT_THAT(page(daemon, "/api/scheduler/status"), HasSubstr("\"nightly\""));

  (void)place_.write("schedule", "other @daily UTC compact\n");
  ASSERT_EQ(kill(daemon.pid(), SIGHUP), 0);
  wait_for_log(daemon, "The schedule was read again: 1 lines");
  EXPECT_THAT(page(daemon, "/api/scheduler/status"), HasSubstr("\"other\""));
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
}

TEST_F(Schedule, people_are_told_of_a_disk_that_is_nearly_full) {
  {
    RunningDaemon daemon(place_.path(), {"--health.check_seconds", "1", "--health.patience_seconds",
                                         "0", "--health.disk_free_percent", "100"});
    wait_for_log(daemon, "health: The disk of state.root is nearly full");
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto replayed = run_hts({"replay", "state/journal"}, place_.path());
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

TEST_F(Schedule, a_daemon_without_one_says_what_to_do) {
  RunningDaemon daemon(place_.path());
  const auto list = run(daemon, {"schedule", "list"});
  EXPECT_NE(list.status, 0);
  EXPECT_THAT(list.err, HasSubstr("schedule.file"));
  const auto ended = run(daemon, {"schedule", "run", "nightly"});
  EXPECT_NE(ended.status, 0);
  EXPECT_THAT(ended.err, HasSubstr("schedule.file"));
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
}

}  // namespace
}  // namespace hts::e2e
