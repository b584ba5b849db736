#include "adapters/postgres/watchdog.hpp"

#include <algorithm>

#include <sys/socket.h>

namespace hts::postgres {

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    auto next = Clock::time_point::max();
    const auto now = Clock::now();
    for (auto& [id, entry] : entries_) {
      if (entry.is_cut) continue;
      if (entry.deadline <= now) {
        entry.is_cut = true;
        ::shutdown(entry.socket, SHUT_RDWR);
      } else {
        next = std::min(next, entry.deadline);
      }
    }
    if (next == Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

Watchdog::Watch::Watch(Watchdog& watchdog, int socket, Clock::time_point deadline)
    : watchdog_(watchdog) {
  bool is_first = false;
  {
    const std::lock_guard lock{watchdog_.mutex_};
    id_ = watchdog_.next_id_++;
    is_first = std::ranges::none_of(watchdog_.entries_, [&](const auto& entry) {
      return !entry.second.is_cut && entry.second.deadline <= deadline;
    });
    watchdog_.entries_.emplace(id_, Entry{socket, deadline});
  }
  if (is_first) watchdog_.changed_.notify_one();
}

Watchdog::Watch::~Watch() {
  const std::lock_guard lock{watchdog_.mutex_};
  watchdog_.entries_.erase(id_);
}

bool Watchdog::Watch::is_over() const {
  const std::lock_guard lock{watchdog_.mutex_};
  return watchdog_.entries_.at(id_).is_cut;
}

}  // namespace hts::postgres
