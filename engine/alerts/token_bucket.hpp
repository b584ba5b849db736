#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/time/timestamp.hpp"

namespace hts::alerts {

/// Lets `burst` through at once and then one each `interval`. A clock that goes back gives nothing
/// twice. One thread; O(1).
class TokenBucket {
 public:
  /// `burst` at least 1.
  TokenBucket(std::uint32_t burst, time::Duration interval) noexcept
      : burst_(burst), interval_(interval) {}

  /// When one may go: now, or later.
  [[nodiscard]] time::Timestamp ready_at(time::Timestamp now) const noexcept {
    // Never later than one interval: a clock that was set back would hold everything for as long.
    return std::clamp(full_at_ - interval_ * (burst_ - 1), now, now + interval_);
  }
  /// One goes; `now` is not before ready_at.
  void take(time::Timestamp now) noexcept {
    full_at_ = std::clamp(full_at_, now, now + interval_ * (burst_ - 1)) + interval_;
  }

 private:
  std::uint32_t burst_;
  time::Duration interval_;
  time::Timestamp full_at_{};  ///< when as many as `burst` may go at once again
};

}  // namespace hts::alerts
