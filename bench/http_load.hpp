#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

/// A load generator and a yardstick for HTTP servers on this machine. Linux only.
namespace hts::bench {

struct Load {
  std::uint16_t port = 0;
  std::string request;  ///< whole, with its head
  int expected_status = 200;
  std::size_t connections = 32;
  std::chrono::milliseconds duration{1'000};
};

struct LoadResult {
  std::uint64_t answers = 0;  ///< of the expected status
  std::uint64_t wrong = 0;    ///< of another
  std::string wrong_answer;   ///< the first of those
  double seconds = 0;
  double p50 = 0;  ///< seconds from the request's send to the whole answer
  double p99 = 0;
  double processor_seconds = 0;  ///< of the generator itself, for one answer
  [[nodiscard]] double per_second() const { return static_cast<double>(answers) / seconds; }
};

/// Kept connections, one request under way on each, from one thread.
[[nodiscard]] LoadResult run_load(const Load& load);

/// The least that a server can do: one thread, one epoll, a fixed answer for whatever arrives.
/// What this machine gives right now, whoever else works on it.
class Yardstick {
 public:
  explicit Yardstick(std::size_t answer_bytes);
  ~Yardstick();
  Yardstick(const Yardstick&) = delete;
  Yardstick& operator=(const Yardstick&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Of its thread so far.
  [[nodiscard]] double processor_seconds();

 private:
  void serve();

  std::string answer_;
  int listener_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace hts::bench
