#include "adapters/threads/interrupt_watch.hpp"

#include <chrono>
#include <utility>

namespace hts::threads {

InterruptWatch::InterruptWatch(std::function<bool()> interrupted)
    : interrupted_(std::move(interrupted)) {
  if (interrupted_) thread_ = std::thread{[this] { watch(); }};
}

InterruptWatch::~InterruptWatch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void InterruptWatch::watch() {
  std::unique_lock lock{mutex_};
  while (!closing_) {
    if (interrupted_()) {
      flag_ = true;
      flag_.notify_all();
      return;
    }
    ended_.wait_for(lock, std::chrono::milliseconds{10}, [this] { return closing_; });
  }
}

}  // namespace hts::threads
