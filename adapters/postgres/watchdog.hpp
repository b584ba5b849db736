#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

namespace hts::postgres {

/// Cuts sockets whose server does not answer in time, so that a thread that waits for one goes on
/// with an error: the library below waits without an end. One thread; thread-safe.
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// The socket is cut at the deadline unless this is gone before.
  class Watch {
   public:
    /// `socket` stays open, and refers to the same connection, while this lives.
    Watch(Watchdog& watchdog, int socket, Clock::time_point deadline);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// It was cut.
    [[nodiscard]] bool is_over() const;

   private:
    Watchdog& watchdog_;
    std::uint64_t id_;
  };

 private:
  struct Entry {
    int socket;
    Clock::time_point deadline;
    bool is_cut = false;
  };
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t next_id_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hts::postgres
