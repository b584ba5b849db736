#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "engine/runtime/gate.hpp"
#include "engine/runtime/mailbox_options.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/trace.hpp"
#include "engine/runtime/wait_probe.hpp"

namespace hts::runtime::detail {

/// A message waiting at the front of a mailbox.
struct Waiting {
  std::uint32_t type = 0;
  void* message = nullptr;
  TraceId trace = 0;
};

/// The lock-free ring of mailboxes that refuse when full: many senders, one consumer.
///
/// 1. A slot's `lap` is even while free and odd while it holds a message; the sender that reserved
///    position p owns the slot until it publishes lap 2·(p / capacity) + 1 with release; the
///    consumer that acquires that value owns the slot until it releases the next even value.
///    Everything a sender did before its `push` is visible to the handler of the message.
/// 2. Positions are handed out by one compare-and-set, so each sender's messages are taken in the
///    order sent, and a position is never handed out before its slot is free: the bound holds.
/// 3. The consumer handles a message in its slot; the slot counts as taken meanwhile.
/// 4. A push costs one atomic read-modify-write and no allocation; a slot of a 48-byte message is
///    one cache line.
///
/// `GateType` is Gate but in tests, and says what atomic variables are made of.
template <class P, class GateType = Gate>
// The padding keeps what senders read and what the consumer writes on lines of their own.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
class OpenRing {
  using Traits = ProtocolTraits<P>;
  template <class T>
  using Atomic = typename GateType::template AtomicOf<T>;

 public:
  /// `capacity` is a power of two, or zero for a ring that is never used.
  explicit OpenRing(std::size_t capacity)
      : slots_(capacity == 0 ? nullptr : new Slot[capacity]),
        mask_(capacity == 0 ? 0 : capacity - 1),
        lap_shift_(capacity == 0 ? 0 : std::countr_zero(capacity)) {}

  struct Pushed {
    SendResult result = SendResult::accepted;
    bool wake = false;  ///< the caller must wake the consumer
  };

  /// Sender. `message` is moved from only if taken.
  template <class M, class Probe = NoProbe>
  Pushed push(GateType& gate, M&& message, Probe&& probe = {}) noexcept {
    std::uint64_t word = gate.load();
    for (;;) {
      if ((word & GateType::closed) != 0) return {SendResult::stopped};
      const std::uint64_t position = GateType::position(word);
      Slot& slot = slots_[position & mask_];
      const std::uint32_t lap = slot.lap.load(std::memory_order_acquire);
      const auto ahead = static_cast<std::int32_t>(lap - free_lap(position));
      if (ahead < 0) return {SendResult::full};
      if (ahead > 0) {
        word = gate.load();
        continue;
      }
      if (!gate.reserve(word, 1)) continue;
      probe.sent(position);
      fill(slot, position, std::forward<M>(message));
      return {SendResult::accepted, (word & GateType::idle) != 0};
    }
  }

  struct Burst {
    BurstResult sent;
    bool wake = false;  ///< the caller must wake the consumer
  };

  /// Sender: takes as many of the messages as fit, with few reservations.
  template <class M, class Probe = NoProbe>
  Burst push_n(GateType& gate, std::span<M> messages, Probe&& probe = {}) noexcept {
    Burst burst;
    std::uint64_t word = gate.load();
    while (burst.sent.accepted < messages.size()) {
      if ((word & GateType::closed) != 0) {
        burst.sent.result = SendResult::stopped;
        break;
      }
      const std::uint64_t position = GateType::position(word);
      // Slots become free in order, so a free slot at the far end frees all before it.
      std::size_t count = std::min(messages.size() - burst.sent.accepted, capacity());
      while (count > 0 && !is_free(position + count - 1)) count /= 2;
      if (count == 0) {
        const std::uint64_t again = gate.load();
        if (again == word) {
          burst.sent.result = SendResult::full;
          break;
        }
        word = again;
        continue;
      }
      if (!gate.reserve(word, count)) continue;
      burst.wake = burst.wake || (word & GateType::idle) != 0;
      for (std::size_t i = 0; i < count; ++i) {
        probe.sent(position + i);
        fill(slots_[(position + i) & mask_], position + i,
             std::move(messages[burst.sent.accepted + i]));
      }
      burst.sent.accepted += count;
      word = gate.load();
    }
    return burst;
  }

  /// Consumer: the oldest published message, or null.
  [[nodiscard]] Waiting front() noexcept {
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    Slot& slot = slots_[head & mask_];
    if (slot.lap.load(std::memory_order_acquire) != free_lap(head) + 1) return {};
    return {slot.type, slot.storage, slot.trace};
  }

  /// The message at a position. Only for whoever knows that it is published and not taken.
  [[nodiscard]] Waiting at(std::uint64_t position) noexcept {
    Slot& slot = slots_[position & mask_];
    return {slot.type, slot.storage, slot.trace};
  }

  /// Consumer: ends the life of the message at the front and frees its slot.
  void pop(Waiting front) noexcept {
    Traits::visit(front.type, front.message, [](auto& message) { std::destroy_at(&message); });
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    slots_[head & mask_].lap.store(free_lap(head) + 2, std::memory_order_release);
    head_.store(head + 1, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t head() const noexcept {
    return head_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }

  /// Bytes a message takes.
  [[nodiscard]] static constexpr std::size_t slot_size() noexcept { return sizeof(Slot); }

 private:
  static constexpr std::size_t header = 2 * sizeof(std::uint32_t) + sizeof(TraceId);
  static constexpr std::size_t slot_bytes = header + Traits::size;
  static constexpr std::size_t slot_alignment =
      slot_bytes <= cache_line ? std::max(std::bit_ceil(slot_bytes), Traits::alignment)
                               : std::max(std::size_t{8}, Traits::alignment);

  struct alignas(slot_alignment) Slot {
    Atomic<std::uint32_t> lap{0};
    std::uint32_t type = 0;
    TraceId trace = 0;
    alignas(Traits::alignment) std::byte storage[Traits::size];
  };

  [[nodiscard]] std::uint32_t free_lap(std::uint64_t position) const noexcept {
    return static_cast<std::uint32_t>(position >> lap_shift_) * 2;
  }
  [[nodiscard]] bool is_free(std::uint64_t position) const noexcept {
    return slots_[position & mask_].lap.load(std::memory_order_acquire) == free_lap(position);
  }

  template <class M>
  void fill(Slot& slot, std::uint64_t position, M&& message) noexcept {
    using Stored = std::remove_cvref_t<M>;
    ::new (static_cast<void*>(slot.storage)) Stored(std::forward<M>(message));
    slot.type = Traits::template index<Stored>;
    slot.trace = current_trace();
    slot.lap.store(free_lap(position) + 1, std::memory_order_release);
  }

  std::unique_ptr<Slot[]> slots_;
  std::size_t mask_;
  int lap_shift_;
  alignas(cache_line) Atomic<std::uint64_t> head_{0};
};

}  // namespace hts::runtime::detail
