#include "engine/runtime/wait_probe.hpp"

#include <algorithm>

#include "engine/runtime/executor.hpp"

namespace hts::runtime::detail {

void WaitProbe::stamp(std::uint64_t position) noexcept {
  std::uint64_t expected = none;
  if (clock_ == nullptr ||
      !position_.compare_exchange_strong(expected, position, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
    return;
  }
  sent_at_.store(clock_->stopwatch().time_since_epoch().count(), std::memory_order_relaxed);
}

Duration WaitProbe::take() noexcept {
  const SteadyTime sent_at{Duration{sent_at_.load(std::memory_order_relaxed)}};
  position_.store(none, std::memory_order_release);
  return std::max(clock_->stopwatch() - sent_at, Duration::zero());
}

}  // namespace hts::runtime::detail
