#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/messages.hpp"
#include "config/health/health_conditions.hpp"
#include "engine/alerts/condition_watch.hpp"

namespace hts::config {

/// Looks every few seconds how the daemon is, and tells people what is wrong, once, and when it is
/// over. One thread of its own; what it calls outlives it.
class HealthWatch {
 public:
  struct Options {
    std::chrono::seconds period{5};
    std::chrono::seconds patience{30};  ///< see ConditionWatch
    HealthBounds bounds;
    /// `use` is called once, on another thread, in a bounded time.
    std::function<void(std::function<void(http::ReadinessReadings)> use)> read;
    std::function<std::vector<DiskSpace>()> disks;
    std::function<time::Timestamp()> now;
    std::function<void(actors::Notice)> tell;
  };

  explicit HealthWatch(Options options);
  /// Waits for the look that goes on.
  ~HealthWatch();
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

 private:
  void watch();
  void look();

  const Options options_;
  alerts::ConditionWatch conditions_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::atomic<bool> is_stopping_{false};
  std::mutex mutex_;
  std::condition_variable stops_;
  std::thread thread_;
};

/// Of the folders data.root and state.root; what cannot be asked is left out.
[[nodiscard]] std::vector<DiskSpace> disk_space(const Settings& settings);

}  // namespace hts::config
