#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "engine/runtime/gate.hpp"
#include "engine/runtime/mailbox_options.hpp"
#include "engine/runtime/open_ring.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/trace.hpp"
#include "engine/runtime/wait_probe.hpp"

namespace hts::runtime::detail {

/// The key under which `keep_latest` replaces a waiting message.
template <class M>
[[nodiscard]] std::uint64_t coalesce_key(const M& message) noexcept {
  if constexpr (requires { std::uint64_t{message.coalesce_key()}; }) {
    return message.coalesce_key();
  } else {
    return 0;
  }
}

template <class M>
inline constexpr bool is_request = false;
template <class Query>
inline constexpr bool is_request<Request<Query>> = true;

/// The ring of mailboxes whose senders may touch what already waits (`drop_oldest`,
/// `keep_latest`). A lock of a few instructions guards it; nothing of the messages' own code but
/// their moves runs under it.
///
/// 1. The consumer moves a message out before it is handled, so a sender never finds the oldest
///    message in the middle of its handling.
/// 2. Under the lock, `Gate::idle` is set only while the ring is empty; a sender clears it after
///    its push. So no wake-up is lost.
/// 3. `keep_latest` costs a scan of the waiting messages' keys: O(depth), 8 bytes each.
///
/// `GateType` and `Mutex` are Gate and std::mutex but in tests.
template <class P, class GateType = Gate, class Mutex = std::mutex>
class GuardedRing {
  using Traits = ProtocolTraits<P>;

 public:
  /// `capacity` is a power of two.
  GuardedRing(std::size_t capacity, Overflow overflow)
      : overflow_(overflow), mask_(capacity - 1), slots_(capacity), keys_(capacity) {}

  ~GuardedRing() {
    while (size_ > 0) discard_oldest();
  }

  struct Pushed {
    SendResult result = SendResult::accepted;
    bool wake = false;
    std::uint32_t dropped_type = 0;  ///< of the message that made room
  };

  template <class M, class Probe = NoProbe>
  Pushed push(GateType& gate, M&& message, Probe&& probe = {}) noexcept {
    using Stored = std::remove_cvref_t<M>;
    Pushed outcome;
    Holder dropped;  // dies after the lock is released: a message's end may run foreign code
    {
      const std::lock_guard lock(mutex_);
      if ((gate.load() & GateType::closed) != 0) return {SendResult::stopped};
      if (overflow_ == Overflow::keep_latest && !is_request<Stored>) {
        if (const auto same = find(Traits::template index<Stored>, coalesce_key(message))) {
          Slot& slot = slots_[*same & mask_];
          move_message(slot, dropped.slot);
          dropped.full = true;
          put(slot, std::forward<M>(message));
          probe.replaced(*same);
          return {SendResult::replaced, false, slot.type};
        }
      }
      if (size_ > mask_) {
        if (overflow_ != Overflow::drop_oldest) return {SendResult::full};
        move_message(slots_[head_ & mask_], dropped.slot);
        dropped.full = true;
        probe.dropped(head_);
        ++head_;
        --size_;
        outcome.result = SendResult::accepted_dropped_oldest;
        outcome.dropped_type = dropped.slot.type;
      }
      probe.sent(head_ + size_);
      const std::size_t at = (head_ + size_) & mask_;
      keys_[at] = coalesce_key(message);
      put(slots_[at], std::forward<M>(message));
      ++size_;
    }
    outcome.wake = gate.clear_idle();
    return outcome;
  }

  /// Consumer: the oldest message, moved out of the ring, or null.
  [[nodiscard]] Waiting front() noexcept {
    if (taken_.full) return taken();
    const std::lock_guard lock(mutex_);
    if (size_ == 0) return {};
    move_message(slots_[head_ & mask_], taken_.slot);
    taken_.full = true;
    taken_from_ = head_;
    ++head_;
    --size_;
    return taken();
  }
  /// Consumer: how many messages came before the one that front() gave.
  [[nodiscard]] std::uint64_t front_position() const noexcept { return taken_from_; }

  /// Consumer: ends the life of what front() gave.
  void pop() noexcept { taken_.clear(); }

  [[nodiscard]] bool rest(GateType& gate) noexcept {
    const std::lock_guard lock(mutex_);
    return size_ == 0 && gate.rest_at(0);
  }
  [[nodiscard]] bool close_if_empty(GateType& gate) noexcept {
    const std::lock_guard lock(mutex_);
    return size_ == 0 && gate.close_at(0);
  }
  [[nodiscard]] std::size_t size() const noexcept {
    const std::lock_guard lock(mutex_);
    return size_;
  }

 private:
  struct Slot {
    std::uint32_t type = 0;
    TraceId trace = 0;
    alignas(Traits::alignment) std::byte storage[Traits::size];
  };

  struct Holder {
    Slot slot;
    bool full = false;

    Holder() = default;
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() { clear(); }
    void clear() noexcept {
      if (full) end_message();
    }

   private:
    // Apart: inlined, g++ 12 takes the storage of an empty holder for a message.
    [[gnu::noinline]] void end_message() noexcept {
      full = false;
      Traits::visit(slot.type, slot.storage, [](auto& message) { std::destroy_at(&message); });
    }
  };

  [[nodiscard]] Waiting taken() noexcept {
    return {taken_.slot.type, taken_.slot.storage, taken_.slot.trace};
  }

  static void move_message(Slot& from, Slot& to) noexcept {
    to.type = from.type;
    to.trace = from.trace;
    Traits::visit(from.type, from.storage, [&to](auto& message) {
      using Stored = std::remove_cvref_t<decltype(message)>;
      ::new (static_cast<void*>(to.storage)) Stored(std::move(message));
      std::destroy_at(&message);
    });
  }

  template <class M>
  static void put(Slot& slot, M&& message) noexcept {
    using Stored = std::remove_cvref_t<M>;
    ::new (static_cast<void*>(slot.storage)) Stored(std::forward<M>(message));
    slot.type = Traits::template index<Stored>;
    slot.trace = current_trace();
  }

  /// The position of the message.
  [[nodiscard]] std::optional<std::uint64_t> find(std::uint32_t type, std::uint64_t key) noexcept {
    for (std::uint64_t position = head_; position < head_ + size_; ++position) {
      const std::size_t at = position & mask_;
      if (keys_[at] == key && slots_[at].type == type) return position;
    }
    return std::nullopt;
  }

  void discard_oldest() noexcept {
    Slot& slot = slots_[head_ & mask_];
    Traits::visit(slot.type, slot.storage, [](auto& message) { std::destroy_at(&message); });
    ++head_;
    --size_;
  }

  const Overflow overflow_;
  const std::size_t mask_;
  mutable Mutex mutex_;
  std::uint64_t head_ = 0;  // guarded by mutex_, as all up to taken_
  std::size_t size_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> keys_;
  Holder taken_;  // the consumer's, as is:
  std::uint64_t taken_from_ = 0;
};

}  // namespace hts::runtime::detail
