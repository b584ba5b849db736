#pragma once

#include <atomic>
#include <cstdint>

#include "engine/runtime/clock.hpp"

namespace hts::runtime::detail {

class Executor;

/// Measures how long messages wait in one mailbox, without a clock reading for each: one message at
/// a time is stamped when it is sent and looked at when its turn comes.
///
/// 1. Only positions divisible by 64 are stamped, and only while no other stamped message waits: a
///    deep mailbox is sampled less often, never with a bias to short waits.
/// 2. A sender stamps after it reserved its position and before it publishes the message, so the
///    consumer sees the stamp of what it finds at that position; the runtime still lives then.
class WaitProbe {
 public:
  /// Null: never stamps.
  explicit WaitProbe(const Executor* clock) noexcept : clock_(clock) {}

  /// Sender, as above.
  void sent(std::uint64_t position) noexcept {
    if (position % stride == 0) [[unlikely]]
      stamp(position);
  }

  /// Consumer: true if the message at that position, taken now, is the stamped one.
  [[nodiscard]] bool is_stamped(std::uint64_t position) const noexcept {
    return position % stride == 0 && position_.load(std::memory_order_relaxed) == position;
  }
  /// Consumer, if so: how long it has waited. Ends the sample.
  [[nodiscard]] Duration take() noexcept;

  /// Of a ring under a lock: the message there is gone, or another has just taken its place.
  void dropped(std::uint64_t position) noexcept {
    if (is_stamped(position)) position_.store(none, std::memory_order_release);
  }
  void replaced(std::uint64_t position) noexcept {
    dropped(position);
    sent(position);
  }

 private:
  static constexpr std::uint64_t stride = 64;
  static constexpr std::uint64_t none = ~std::uint64_t{0};

  void stamp(std::uint64_t position) noexcept;

  const Executor* const clock_;
  std::atomic<std::uint64_t> position_{none};
  std::atomic<SteadyTime::rep> sent_at_{0};  // of position_
};

/// For rings without one.
struct NoProbe {
  void sent(std::uint64_t) const noexcept {}
  void dropped(std::uint64_t) const noexcept {}
  void replaced(std::uint64_t) const noexcept {}
};

}  // namespace hts::runtime::detail
