// Durable jobs as their clients meet them: accepted, run, found again after a restart, replayed.

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using boost::json::value;

constexpr std::chrono::seconds longest{60};

value parsed(const result::Result<daemon_client::Answer>& answer, long status) {
  EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
  if (!answer) return nullptr;
  EXPECT_EQ(answer->status, status) << answer->body;
  return boost::json::parse(answer->body);
}

std::string text(const value& object, const char* name) {
  const auto& found = object.at(name);
  return found.is_string() ? std::string{found.as_string()} : std::string{};
}

std::string study(int hold) {
  return R"({"strategy":"volume_zone_breakout","params":{"hold_period_bars":)" +
         std::to_string(hold) + R"(},"symbols":["SYNTHETIC_KRW"],)" +
         R"("start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d"})";
}

const std::string sweep =
    R"({"kind":"sweep","request":{"strategy":"sma_cross","symbols":["SYNTHETIC_KRW"],)"
    R"("start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d",)"
    R"("params":{"fast":"3:20","slow":"25:40"},"top":3}})";

class JobsOfADaemon : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto made = run_hts(
        {"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01", "--to", "2024-12-31"},
        place_.path());
    ASSERT_EQ(made.status, 0) << made.err;
  }

  static std::string submit(const RunningDaemon& daemon, const std::string& body) {
    const auto answer = parsed(
        daemon_client::post_json(daemon.url() + "/api/backtests/run-async", body, longest), 202);
    return answer.is_object() ? text(answer, "task_id") : std::string{};
  }
  static value task(const RunningDaemon& daemon, const std::string& id) {
    return parsed(daemon_client::get(daemon.url() + "/api/backtests/status/" + id, longest), 200);
  }
  /// As the documentation tells clients to wait.
  static value ended(const RunningDaemon& daemon, const std::string& id) {
    const auto patience = std::chrono::steady_clock::now() + longest;
    for (;;) {
      value answer = task(daemon, id);
      const std::string status = answer.is_object() ? text(answer, "status") : "completed";
      const bool is_over = status != "queued" && status != "running";
      if (is_over || std::chrono::steady_clock::now() > patience) return answer;
      std::this_thread::yield();
    }
  }

  TemporaryDirectory place_;
};

TEST_F(JobsOfADaemon, a_task_is_completed_with_a_run_of_its_name) {
  const RunningDaemon daemon(place_.path());
  const std::string id = submit(daemon, study(5));
  const value answer = ended(daemon, id);
  EXPECT_EQ(text(answer, "status"), "completed");
  EXPECT_EQ(text(answer.at("result"), "run_id"), id);
  EXPECT_EQ(parsed(daemon_client::get(daemon.url() + "/api/backtests/" + id, longest), 200)
                .at("run_id")
                .as_string(),
            id);
}

TEST_F(JobsOfADaemon, a_sweep_fans_out_and_joins) {
  const RunningDaemon daemon(place_.path());
  const value accepted =
      parsed(daemon_client::post_json(daemon.url() + "/api/jobs", sweep, longest), 202);
  const value answer = ended(daemon, text(accepted, "task_id"));
  EXPECT_EQ(text(answer, "status"), "completed");
  EXPECT_EQ(answer.at("result").at("best").as_array().size(), 3U);
  EXPECT_EQ(answer.at("result").at("combinations").as_int64(), 18 * 16);
}

TEST_F(JobsOfADaemon, accepted_jobs_survive_a_kill_and_end_once) {
  std::vector<std::string> ids;
  {
    RunningDaemon daemon(place_.path());
    for (int hold = 1; hold <= 30; ++hold) ids.push_back(submit(daemon, study(hold)));
    EXPECT_EQ(daemon.end_with(SIGKILL), 128 + SIGKILL);
  }
  const RunningDaemon daemon(place_.path());
  for (const std::string& id : ids) EXPECT_EQ(text(ended(daemon, id), "status"), "completed");
  const value history =
      parsed(daemon_client::get(daemon.url() + "/api/backtests/history?limit=100", longest), 200);
  EXPECT_EQ(history.at("total").as_int64(), 30);
}

TEST_F(JobsOfADaemon, a_stop_keeps_what_waits_for_the_next_start) {
  std::vector<std::string> ids;
  {
    RunningDaemon daemon(place_.path());
    for (int hold = 1; hold <= 30; ++hold) ids.push_back(submit(daemon, study(hold)));
    EXPECT_EQ(daemon.end_with(SIGTERM), 0) << daemon.log();
  }
  const RunningDaemon daemon(place_.path());
  EXPECT_EQ(daemon.log().find("ran when the process ended"), std::string::npos) << daemon.log();
  for (const std::string& id : ids) EXPECT_EQ(text(ended(daemon, id), "status"), "completed");
}

TEST_F(JobsOfADaemon, their_journal_replays) {
  {
    RunningDaemon daemon(place_.path());
    std::vector<std::string> ids;
    for (int hold = 1; hold <= 5; ++hold) ids.push_back(submit(daemon, study(hold)));
    ids.push_back(submit(daemon, study(1)));  // answered from the stored run
    const value accepted =
        parsed(daemon_client::post_json(daemon.url() + "/api/jobs", sweep, longest), 202);
    ids.push_back(text(accepted, "task_id"));
    (void)daemon_client::get(daemon.url() + "/api/jobs?limit=3", longest);
    (void)daemon_client::get(daemon.url() + "/api/backtests/status/no-uuid", longest);
    for (const std::string& id : ids) EXPECT_EQ(text(ended(daemon, id), "status"), "completed");
    (void)submit(daemon, study(9));
    EXPECT_EQ(daemon.end_with(SIGTERM), 0) << daemon.log();
  }
  const auto replayed = run_hts({"replay", "state/journal"}, place_.path());
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

}  // namespace
}  // namespace hts::e2e
