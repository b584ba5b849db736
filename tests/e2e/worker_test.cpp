// `hts worker` beside a daemon, on a real Redis.

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "adapters/redis/redis_job_store.hpp"
#include "integration/redis/redis_server.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

constexpr std::chrono::seconds worker_patience{60};

std::string short_study(int hold) {
  return R"({"strategy":"volume_zone_breakout","params":{"hold_period_bars":)" +
         std::to_string(hold) + R"(},"symbols":["SYNTHETIC_KRW"],)" +
         R"("start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d"})";
}

/// `hts worker`, killed at the latest when it goes out of scope.
class RunningWorker {
 public:
  RunningWorker(const std::filesystem::path& directory, const std::string& queue,
                const std::string& name = "beside", const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"hts",
                                      "worker",
                                      "--queue",
                                      queue,
                                      "--name",
                                      name,
                                      "--log-file",
                                      "worker.log",
                                      "--metrics-port",
                                      std::to_string(metrics_port_.number())};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    if (chdir(directory.c_str()) != 0) _exit(126);
    execv(HTS_PROGRAM, arguments.data());
    _exit(127);
  }
  ~RunningWorker() {
    if (pid_ > 0) (void)end_with(SIGKILL);
  }
  RunningWorker(const RunningWorker&) = delete;
  RunningWorker& operator=(const RunningWorker&) = delete;

  /// The body of one of its pages; empty while it does not answer.
  [[nodiscard]] std::string page(const std::string& path) const {
    const auto answer = daemon_client::get(
        "http://127.0.0.1:" + std::to_string(metrics_port_.number()) + path, worker_patience);
    return answer.ok() && answer->status == 200 ? answer->body : "";
  }
  /// Waits until a series of /metrics is at least so much; the last value that it had, or -1.
  [[nodiscard]] double wait_for(const std::string& series, double least) const {
    double value = -1;
    const auto patience = std::chrono::steady_clock::now() + worker_patience;
    while (value < least && std::chrono::steady_clock::now() < patience) {
      const std::string text = page("/metrics");
      const auto at = text.find("\n" + series + " ");
      if (at != std::string::npos) value = std::stod(text.substr(at + series.size() + 2));
      std::this_thread::yield();
    }
    return value;
  }

  int end_with(int signal_number) {
    kill(pid_, signal_number);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  const hts::testing::ReservedPort metrics_port_;
  pid_t pid_ = -1;
};

/// Jobs of a daemon that was killed before it did any; their ids.
std::vector<std::string> leave_jobs(const std::filesystem::path& directory,
                                    const std::string& queue, int count) {
  const RunningDaemon daemon(directory, {"--jobs.store", queue});
  const auto change = [&](const std::string& path, const std::string& body) {
    const auto answer = daemon_client::post_json(daemon.url() + path, body, worker_patience);
    EXPECT_TRUE(answer.ok() && answer->status < 300) << (answer ? answer->body : "");
    return answer.ok() ? answer->body : "{}";
  };
  (void)change("/api/jobs/pause", "{}");
  std::vector<std::string> ids;
  for (int hold = 1; hold <= count; ++hold) {
    const std::string accepted = change("/api/backtests/run-async", short_study(hold));
    ids.emplace_back(boost::json::parse(accepted).at("task_id").as_string());
  }
  return ids;
}

void put_candles(const std::filesystem::path& directory) {
  EXPECT_EQ(run_hts({"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01", "--to",
                     "2024-12-31"},
                    directory)
                .status,
            0);
}

std::unique_ptr<ports::JobStore> job_store(const std::string& url) {
  auto store = redis::open_job_store(url, {});
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(store).value();
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

TEST(Worker, gets_the_candles_that_it_lacks_from_the_daemon) {
  if (!std::filesystem::exists("/usr/bin/redis-server")) {
    GTEST_SKIP() << "redis-server is not installed: apt-get install redis-server";
  }
  hts::testing::RedisServer redis;
  redis.start();
  const TemporaryDirectory with_candles;
  const TemporaryDirectory without;
  put_candles(with_candles.path());
  const auto ids = leave_jobs(with_candles.path(), redis.url(), 5);
  const auto store = job_store(redis.url());
  // A daemon that has candles and leaves these jobs alone.
  const RunningDaemon daemon(with_candles.path());
  RunningWorker worker(without.path(), redis.url(), "far", {"--daemon", daemon.url()});
  ASSERT_TRUE(store->set_paused(false));
  EXPECT_EQ(worker.wait_for("hts_jobs_finished_total{state=\"completed\"}", 5), 5);
  EXPECT_EQ(worker.wait_for("hts_job_hand_backs_total", 0), 0);
  for (const std::string& id : ids) {
    const auto job = store->find(jobs::JobId::parse(id).value());
    ASSERT_TRUE(job);
    EXPECT_EQ(job->run_id, id);
  }
  const auto cached = without.path() / "state" / "candles" / "SYNTHETIC_KRW" / "1d";
  EXPECT_TRUE(std::filesystem::exists(cached / "2023.parquet"));
  EXPECT_TRUE(std::filesystem::exists(cached / "2024.parquet"));
  EXPECT_NE(worker.page("/health").find("\"status\":\"ok\""), std::string::npos);
  EXPECT_EQ(worker.end_with(SIGTERM), 0);
}

TEST(Worker, hands_back_what_it_cannot_do_and_another_one_does_it) {
  if (!std::filesystem::exists("/usr/bin/redis-server")) {
    GTEST_SKIP() << "redis-server is not installed: apt-get install redis-server";
  }
  hts::testing::RedisServer redis;
  redis.start();
  const TemporaryDirectory with_candles;
  const TemporaryDirectory without;
  put_candles(with_candles.path());
  const auto ids = leave_jobs(with_candles.path(), redis.url(), 1);
  const auto store = job_store(redis.url());
  const auto find = [&] { return store->find(jobs::JobId::parse(ids.front()).value()); };
  const hts::testing::ReservedPort silent;
  const std::string nobody = "http://127.0.0.1:" + std::to_string(silent.number());
  RunningWorker poor(without.path(), redis.url(), "poor", {"--daemon", nobody});
  ASSERT_GE(poor.wait_for("hts_job_workers", 1), 1);
  ASSERT_TRUE(store->set_paused(false));
  ASSERT_GE(poor.wait_for("hts_job_hand_backs_total", 2), 2);
  const auto waiting = find();
  ASSERT_TRUE(waiting && waiting->error);
  EXPECT_NE(waiting->error->message.find("The worker poor cannot get the candles"),
            std::string::npos);
  EXPECT_NE(waiting->error->message.find(nobody), std::string::npos) << waiting->error->message;
  EXPECT_LT(waiting->hand_backs, 6U);

  RunningWorker rich(with_candles.path(), redis.url(), "rich");
  EXPECT_EQ(rich.wait_for("hts_jobs_finished_total{state=\"completed\"}", 1), 1);
  EXPECT_EQ(find()->run_id, ids.front());
  EXPECT_EQ(rich.end_with(SIGTERM), 0);
  EXPECT_EQ(poor.end_with(SIGTERM), 0);
}

}  // namespace
}  // namespace hts::e2e
