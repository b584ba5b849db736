#include "adapters/plugin/patience.hpp"

namespace hts::plugin {

Patience::Patience(pid_t process, Duration processor_budget, Duration wall_budget)
    : processor_budget_(processor_budget),
      wall_budget_(wall_budget),
      wall_since_(std::chrono::steady_clock::now()) {
  clockid_t clock{};
  if (::clock_getcpuclockid(process, &clock) == 0) processor_clock_ = clock;
  processor_since_ = processor_time();
}

bool Patience::ended() const {
  const auto waited = std::chrono::steady_clock::now() - wall_since_;
  if (waited < processor_budget_) return false;
  return waited >= wall_budget_ || processor_time() - processor_since_ >= processor_budget_;
}

Patience::Duration Patience::processor_time() const {
  timespec used{};
  // Of a process that has just ended there is nothing to read, and its end is seen elsewhere.
  if (!processor_clock_ || ::clock_gettime(*processor_clock_, &used) != 0) return processor_since_;
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

}  // namespace hts::plugin
