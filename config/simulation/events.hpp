#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "engine/time/timestamp.hpp"

namespace hts::simulation {

/// What the world around the daemon will do, and when. Events of one time happen in the order set.
class Events {
 public:
  void at(time::Timestamp when, std::function<void()> what) {
    events_.emplace(when, std::move(what));
  }
  [[nodiscard]] std::optional<time::Timestamp> next() const {
    if (events_.empty()) return std::nullopt;
    return events_.begin()->first;
  }
  /// Requires that there is one.
  void run_next() {
    const auto what = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    what();
  }

 private:
  std::multimap<time::Timestamp, std::function<void()>> events_;
};

}  // namespace hts::simulation
