#pragma once

#include <mutex>

#include "actors/messages.hpp"

namespace hts::config {

/// How alerts go out, as the notifier said last, for those who ask. Any thread.
class AlertBoard {
 public:
  void put(const actors::NotifierStatus& status) {
    const std::lock_guard lock{mutex_};
    status_ = status;
  }
  [[nodiscard]] actors::NotifierStatus status() const {
    const std::lock_guard lock{mutex_};
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  actors::NotifierStatus status_;
};

}  // namespace hts::config
