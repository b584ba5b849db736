#pragma once

#include <atomic>
#include <cstddef>
#include <limits>

namespace hts::backtest {

/// The lowest place in a row of tasks at which something ended them. Tasks before it are still
/// done, so that the place is the same in whatever order workers take them. Any thread.
class FirstPlace {
 public:
  void note(std::size_t place) noexcept {
    std::size_t lowest = lowest_.load(std::memory_order_relaxed);
    while (place < lowest &&
           !lowest_.compare_exchange_weak(lowest, place, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] bool is_before(std::size_t place) const noexcept {
    return lowest_.load(std::memory_order_relaxed) < place;
  }

 private:
  std::atomic<std::size_t> lowest_{std::numeric_limits<std::size_t>::max()};
};

}  // namespace hts::backtest
