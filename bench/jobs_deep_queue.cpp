#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/sqlite/sqlite_job_store.hpp"
#include "jobs.hpp"

namespace hts::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t queued_jobs = 1'000'000;
constexpr std::uint64_t jobs_a_batch = 5'000;
constexpr std::size_t look_ups = 2'000;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

jobs::JobId id_of(std::uint64_t number) {
  // Spread like random ones, so that look-ups meet cold pages.
  return {number * 0x9e3779b97f4a7c15U | 1U, number};
}

void fill(const fs::path& path) {
  const auto store = must(sqlite::SqliteJobStore::open(path));
  if (auto paused = store->set_paused(true); !paused) fail(paused.error().message);
  const time::Timestamp now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  for (std::uint64_t number = 0; number < queued_jobs;) {
    ports::JobBatch batch;
    batch.now = now;
    batch.capacity = 2 * queued_jobs;
    for (std::uint64_t i = 0; i < jobs_a_batch; ++i) {
      jobs::NewJob job;
      job.id = id_of(++number);
      job.kind = "backtest";
      job.request =
          R"({"strategy":"volume_zone_breakout","symbols":["BTC_KRW"],"start_date":"2024-01-01","end_date":"2024-12-31"})";
      job.created_at = now;
      batch.submits.push_back(std::move(job));
    }
    if (auto stored = store->transact(batch); !stored) fail(stored.error().message);
  }
}

/// One HTTP connection that is kept.
class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int yes = 1;
    (void)setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool is_open() const noexcept { return is_open_; }
  /// The status; 0 when no answer came.
  int get(const std::string& target) {
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) return 0;
    std::string answer;
    char bytes[4096];
    for (;;) {
      const auto head = answer.find("\r\n\r\n");
      const auto length = answer.find("Content-Length: ");
      if (head != std::string::npos && length != std::string::npos &&
          answer.size() >= head + 4 + std::stoul(answer.substr(length + 16))) {
        return std::stoi(answer.substr(9, 3));
      }
      const auto got = recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) return 0;
      answer.append(bytes, static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_;
  bool is_open_ = false;
};

double wait_until_healthy(std::uint16_t port) {
  const auto began = Clock::now();
  while (seconds_since(began) < 60) {
    Connection connection(port);
    if (connection.is_open() && connection.get("/health") != 0) return seconds_since(began);
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  fail("the daemon does not answer within a minute");
}

double resident_megabytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  }
  fail("the daemon's memory cannot be read");
}

}  // namespace

DeepQueue measure_deep_queue() {
  const Place place;
  fs::create_directories(place.path / "state");
  fill(place.path / "state/jobs.sqlite");
  const std::uint16_t port = free_port();
  const Process daemon({HTS_PROGRAM, "serve", "--http.port", std::to_string(port), "--state.root",
                        "state", "--data.root", "data", "--jobs.capacity", "2000000"},
                       place.path);
  DeepQueue queue;
  queue.start_seconds = wait_until_healthy(port);
  Connection connection(port);
  std::vector<double> times;
  for (std::size_t i = 0; i < look_ups; ++i) {
    const std::string target =
        "/api/backtests/status/" + id_of(1 + (i * 104'729) % queued_jobs).text();
    const auto began = Clock::now();
    if (const int status = connection.get(target); status != 200) {
      fail("a status was answered " + std::to_string(status));
    }
    times.push_back(seconds_since(began));
  }
  std::ranges::sort(times);
  queue.status_p99_seconds = times[times.size() * 99 / 100];
  queue.resident_megabytes = resident_megabytes(daemon.pid);
  return queue;
}

}  // namespace hts::bench
