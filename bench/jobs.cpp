// How many jobs a second go through the daemon's scheduler, each step durable. Real files in the
// working directory, which should be on a real disk; the median of five.
//
//   jobs           a readable table
//   jobs --lines   figure<TAB>value<TAB>unit, one figure a line, nothing else
//
// sqlite_jobs: 100,000 jobs of the kind `noop` are asked of the scheduler, 400 at a time; it
// stores them, claims them, hands them to a worker actor and stores their ends, in the wiring of
// the daemon and one SQLite file that is synced at each commit (many jobs a commit), while the jobs
// that ended are recorded in the history, another file, behind it. The clock runs
// from the first submission to the event that says that the last one is completed, and durable.
// redis_jobs: the same with a redis-server of its own on a free port, append-only file synced every
// second, as RQ and Celery are measured (bench/job_peers); redis_jobs_always: synced at every
// write.
//
// queued_1m_*: a daemon over a million queued jobs: its start until it answers, its resident memory
// after 2,000 look-ups of a status over HTTP, and their 99th percentile.

#include "jobs.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/archive/archiving_job_store.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/redis/redis_job_store.hpp"
#include "adapters/sqlite/sqlite_job_history.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::bench {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "jobs: %s\n", sentence.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing to lose
}

Place::Place() {
  std::string name = (fs::current_path() / "bench-jobs-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) fail("cannot make a folder in the working directory");
  path = name;
}

Place::~Place() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail("no free port");
  }
  close(socket);
  return ntohs(address.sin_port);
}

Process::Process(std::vector<std::string> words, const fs::path& folder) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const std::string out = (folder / "out").string();
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, stream, out.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
  }
  if (posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(), environ) != 0) pid = -1;
  posix_spawn_file_actions_destroy(&actions);
}

Process::~Process() {
  if (pid <= 0) return;
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr int rounds = 5;
constexpr std::uint64_t jobs_a_round = 100'000;
constexpr std::uint64_t most_open = 400;

/// The daemon's actors over a job store, without its HTTP server.
class Actors {
 public:
  Actors(const fs::path& folder, std::unique_ptr<ports::JobStore> jobs)
      : database_(std::make_shared<parquet::DuckdbDatabase>(parquet::DuckdbOptions{})),
        candles_((folder / "data").string(), database_),
        artifacts_(folder / "runs", database_),
        results_(must(sqlite::SqliteResultStore::open(folder / "results.sqlite"))),
        job_history_(must(sqlite::SqliteJobHistory::open(folder / "results.sqlite"))),
        jobs_(std::move(jobs), *job_history_, {}),
        runtime_(runtime::RuntimeOptions{.threads = 2}) {
    config::WiringOptions options;
    options.environment = "bench";
    options.execution_host = "here";
    options.jobs.capacity = 2 * jobs_a_round;
    options.jobs.worker = "bench";
    options.announce = [this](const jobs::JobEvent& event) {
      if (event.state == jobs::JobState::completed && ++completed_ == jobs_a_round) {
        completed_.notify_all();
      }
    };
    actors_ = config::spawn_actors(runtime_, {candles_, *results_, artifacts_, &jobs_}, options);
    if (auto started = runtime_.start(); !started) fail(started.error().message);
  }
  ~Actors() { (void)runtime_.shutdown(std::chrono::seconds{5}); }
  Actors(const Actors&) = delete;
  Actors& operator=(const Actors&) = delete;

  /// Jobs a second.
  double measure() {
    const auto began = Clock::now();
    for (std::uint64_t i = 0; i < jobs_a_round; ++i) {
      while (i - answered_.load() >= most_open) answered_.wait(answered_.load());
      jobs::NewJob job;
      job.kind = "noop";
      job.request = "{}";
      (void)runtime_.ask(actors_.scheduler, actors::SubmitJob{std::move(job)},
                         std::chrono::seconds{30},
                         [this](const result::Result<ports::Submitted>& submitted) {
                           if (!submitted) fail(submitted.error().message);
                           ++answered_;
                           answered_.notify_all();
                         });
    }
    for (auto done = completed_.load(); done < jobs_a_round; done = completed_.load()) {
      completed_.wait(done);
    }
    return static_cast<double>(jobs_a_round) /
           std::chrono::duration<double>(Clock::now() - began).count();
  }

 private:
  std::shared_ptr<parquet::DuckdbDatabase> database_;
  parquet::ParquetCandleStore candles_;
  parquet::ParquetArtifactStore artifacts_;
  std::unique_ptr<sqlite::SqliteResultStore> results_;
  std::unique_ptr<sqlite::SqliteJobHistory> job_history_;
  archive::ArchivingJobStore jobs_;
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> completed_{0};
  runtime::Runtime runtime_;
  config::Actors actors_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double sqlite_round() {
  const Place place;
  return Actors(place.path, must(sqlite::SqliteJobStore::open(place.path / "jobs.sqlite")))
      .measure();
}

/// Nothing when there is no redis-server to start.
std::optional<double> redis_round(const char* fsync) {
  const Place place;
  const std::string port = std::to_string(free_port());
  const Process server({"redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
                        "--appendonly", "yes", "--appendfsync", fsync},
                       place.path);
  if (server.pid <= 0) return std::nullopt;
  // It listens a moment after it was started.
  auto store = must(redis::open_job_store("redis://127.0.0.1:" + port, {}));
  for (int tries = 0; !store->counts(); ++tries) {
    if (tries == 100) fail("redis-server does not answer");
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    store = must(redis::open_job_store("redis://127.0.0.1:" + port, {}));
  }
  return Actors(place.path, std::move(store)).measure();
}

void tell(bool lines, const char* figure, double value, const char* unit, const char* bar) {
  if (lines) {
    std::printf("%s\t%.6g\t%s\n", figure, value, unit);
  } else {
    std::printf("%-22s %12.6g %-7s %s\n", figure, value, unit, bar);
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace hts::bench

int main(int argc, char** argv) {
  using namespace hts::bench;
  const bool lines = argc > 1 && std::strcmp(argv[1], "--lines") == 0;
  std::vector<double> values;
  for (int i = 0; i < rounds; ++i) values.push_back(sqlite_round());
  tell(lines, "sqlite_jobs", median(values), "jobs/s", "(bar 20,000)");
  for (const char* fsync : {"everysec", "always"}) {
    values.clear();
    for (int i = 0; i < rounds; ++i) {
      const auto value = redis_round(fsync);
      if (!value) break;
      values.push_back(*value);
    }
    if (values.empty()) {
      std::fprintf(stderr, "jobs: no Redis here (redis-server is not installed)\n");
      break;
    }
    const bool is_usual = std::strcmp(fsync, "everysec") == 0;
    tell(lines, is_usual ? "redis_jobs" : "redis_jobs_always", median(values), "jobs/s",
         is_usual ? "(bar 15,000)" : "");
  }
  const DeepQueue queue = measure_deep_queue();
  tell(lines, "queued_1m_start", queue.start_seconds, "s", "(bar 2)");
  tell(lines, "queued_1m_rss", queue.resident_megabytes, "MB", "(bar 200)");
  tell(lines, "queued_1m_status_p99", queue.status_p99_seconds, "s", "(bar 0.002)");
  return 0;
}
