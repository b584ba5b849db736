#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace hts::threads {

/// Asks again and again whether the user has interrupted, and then sets a flag that a computation
/// looks at. A computation that reports its progress a hundred times in an hour is so still stopped
/// at once. One thread of its own, which asks every 10 ms; it ends with the watch.
class InterruptWatch {
 public:
  /// `interrupted` is called on the watch's thread; an empty one is never asked.
  explicit InterruptWatch(std::function<bool()> interrupted);
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch();

  /// Set once and for all when the user has interrupted.
  [[nodiscard]] const std::atomic<bool>& flag() const noexcept { return flag_; }

 private:
  void watch();

  std::function<bool()> interrupted_;
  std::atomic<bool> flag_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace hts::threads
