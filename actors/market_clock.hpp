#pragma once

#include <optional>

#include "engine/runtime/clock.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::actors {

/// What time it is at the exchange, by what its messages show: the newest time seen, moved on by
/// the monotonic clock. So it is never ahead of the exchange's own clock, and this machine's wall
/// clock may jump as it likes. Stands still for a recording.
class MarketClock {
 public:
  explicit MarketClock(bool moves_on) noexcept : moves_on_(moves_on) {}

  void note(time::Timestamp seen, runtime::SteadyTime at) noexcept {
    if (is_known_ && seen <= at_or_before(at)) return;
    is_known_ = true;
    seen_ = seen;
    at_ = at;
  }
  /// Nothing before the first message.
  [[nodiscard]] std::optional<time::Timestamp> now(runtime::SteadyTime at) const noexcept {
    if (!is_known_) return std::nullopt;
    return at_or_before(at);
  }
  void forget() noexcept { is_known_ = false; }

 private:
  [[nodiscard]] time::Timestamp at_or_before(runtime::SteadyTime at) const noexcept {
    return moves_on_ && at > at_ ? seen_ + (at - at_) : seen_;
  }

  bool moves_on_;
  bool is_known_ = false;
  time::Timestamp seen_{};
  runtime::SteadyTime at_{};
};

}  // namespace hts::actors
