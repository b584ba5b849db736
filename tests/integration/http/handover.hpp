#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace hts::http_test {

/// A value that one thread leaves and another waits for.
template <class T>
class Handover {
 public:
  void put(T value) {
    // Told under the lock: who has taken the value may destroy this at once.
    const std::lock_guard lock{mutex_};
    values_.push_back(std::move(value));
    filled_.notify_one();
  }
  T take() {
    std::unique_lock lock{mutex_};
    filled_.wait(lock, [this] { return !values_.empty(); });
    T value = std::move(values_.front());
    values_.erase(values_.begin());
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<T> values_;
};

}  // namespace hts::http_test
