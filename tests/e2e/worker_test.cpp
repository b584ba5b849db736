// `hts worker` beside a daemon, on a real Redis.

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "integration/redis/redis_server.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

constexpr std::chrono::seconds worker_patience{60};

/// `hts worker`, killed at the latest when it goes out of scope.
class RunningWorker {
 public:
  RunningWorker(const std::filesystem::path& directory, const std::string& queue) {
    pid_ = fork();
    if (pid_ != 0) return;
    if (chdir(directory.c_str()) != 0) _exit(126);
    execl(HTS_PROGRAM, "hts", "worker", "--queue", queue.c_str(), "--name", "beside", "--log-file",
          "worker.log", nullptr);
    _exit(127);
  }
  ~RunningWorker() {
    if (pid_ > 0) (void)end_with(SIGKILL);
  }
  RunningWorker(const RunningWorker&) = delete;
  RunningWorker& operator=(const RunningWorker&) = delete;

  int end_with(int signal_number) {
    kill(pid_, signal_number);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

std::string short_study(int hold) {
  return R"({"strategy":"volume_zone_breakout","params":{"hold_period_bars":)" +
         std::to_string(hold) + R"(},"symbols":["SYNTHETIC_KRW"],)" +
         R"("start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d"})";
}

boost::json::value asked(const std::string& url) {
  const auto answer = daemon_client::get(url, worker_patience);
  EXPECT_TRUE(answer.ok() && answer->status == 200) << (answer ? answer->body : "");
  return answer.ok() ? boost::json::parse(answer->body) : nullptr;
}

TEST(Worker, needs_a_queue_that_is_shared) {
  const TemporaryDirectory place;
  const auto alone = run_hts({"worker"}, place.path());
  EXPECT_EQ(alone.status, 2);
  EXPECT_NE(alone.err.find("--queue redis://"), std::string::npos) << alone.err;
}

TEST(Worker, does_the_jobs_of_a_daemon_that_is_gone_and_it_finds_their_runs) {
  if (!std::filesystem::exists("/usr/bin/redis-server")) {
    GTEST_SKIP() << "redis-server is not installed: apt-get install redis-server";
  }
  hts::testing::RedisServer redis;
  redis.start();
  const TemporaryDirectory place;
  ASSERT_EQ(run_hts({"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01", "--to",
                     "2024-12-31"},
                    place.path())
                .status,
            0);
  const std::vector<std::string> shared = {"--jobs.store", redis.url()};
  std::vector<std::string> ids;
  {
    RunningDaemon daemon(place.path(), shared);
    ASSERT_EQ(
        daemon_client::post_json(daemon.url() + "/api/jobs/pause", "{}", worker_patience)->status,
        200);
    for (int hold = 1; hold <= 20; ++hold) {
      const auto answer = daemon_client::post_json(daemon.url() + "/api/backtests/run-async",
                                                   short_study(hold), worker_patience);
      ASSERT_EQ(answer->status, 202) << answer->body;
      ids.emplace_back(boost::json::parse(answer->body).at("task_id").as_string());
    }
    ASSERT_EQ(
        daemon_client::post_json(daemon.url() + "/api/jobs/resume", "{}", worker_patience)->status,
        200);
    (void)daemon.end_with(SIGKILL);
  }
  RunningWorker worker(place.path(), redis.url());
  const auto patience = std::chrono::steady_clock::now() + worker_patience;
  // What the daemon had begun it does itself when it is back.
  while (std::chrono::steady_clock::now() < patience) {
    const RunningDaemon daemon(place.path(), shared);
    bool all_done = true;
    for (const std::string& id : ids) {
      const auto task = asked(daemon.url() + "/api/backtests/status/" + id);
      all_done = all_done && task.at("status").as_string() == "completed";
      if (!all_done) break;
      EXPECT_EQ(task.at("result").at("run_id").as_string(), id);
    }
    if (all_done) break;
  }
  EXPECT_EQ(worker.end_with(SIGTERM), 0);
  const RunningDaemon daemon(place.path(), shared);
  EXPECT_EQ(asked(daemon.url() + "/api/backtests/history").at("total").as_int64(), 20);
}

}  // namespace
}  // namespace hts::e2e
