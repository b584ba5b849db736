#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "engine/runtime/gate.hpp"
#include "engine/runtime/guarded_ring.hpp"
#include "engine/runtime/mailbox_options.hpp"
#include "engine/runtime/open_ring.hpp"
#include "engine/runtime/wait_probe.hpp"

namespace hts::runtime::detail {

struct Pushed {
  SendResult result = SendResult::accepted;
  bool wake = false;               ///< the caller must schedule the consumer
  std::uint32_t dropped_type = 0;  ///< with accepted_dropped_oldest: what made room
};

/// The data lane of an actor of protocol P: one of the two rings, by its overflow policy.
/// Senders call push from any thread; the rest is the consumer's.
template <class P>
class Mailbox {
 public:
  /// `clock` measures how long messages wait; null: nothing does.
  explicit Mailbox(const MailboxOptions& options, const Executor* clock = nullptr)
      : open_(touches_waiting(options.overflow) ? 0 : slots_for(options)),
        capacity_(slots_for(options)),
        guarded_(touches_waiting(options.overflow)
                     ? std::make_unique<GuardedRing<P>>(slots_for(options), options.overflow)
                     : nullptr),
        overflow_(options.overflow),
        probe_(clock) {}

  ~Mailbox() {
    while (const Front waiting = front()) pop(waiting);
  }

  template <class M>
  Pushed push(Gate& gate, M&& message) noexcept {
    if (guarded_ == nullptr) [[likely]] {
      const auto pushed = open_.push(gate, std::forward<M>(message), probe_);
      return {pushed.result, pushed.wake};
    }
    const auto pushed = guarded_->push(gate, std::forward<M>(message), probe_);
    return {pushed.result, pushed.wake, pushed.dropped_type};
  }

  /// Only for mailboxes that refuse when full.
  template <class M>
  auto push_n(Gate& gate, std::span<M> messages) noexcept {
    return open_.push_n(gate, messages, probe_);
  }

  [[nodiscard]] bool is_guarded() const noexcept { return guarded_ != nullptr; }
  [[nodiscard]] Overflow overflow() const noexcept { return overflow_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// Messages waiting; approximate while others send.
  [[nodiscard]] std::size_t depth(const Gate& gate) const noexcept {
    if (guarded_ != nullptr) return guarded_->size();
    const std::uint64_t head = open_.head();
    const std::uint64_t reserved = Gate::position(gate.load());
    return reserved > head ? std::min<std::size_t>(reserved - head, capacity_) : 0;
  }

  struct Front : Waiting {
    explicit operator bool() const noexcept { return message != nullptr; }
  };
  [[nodiscard]] Front front() noexcept {
    return {guarded_ == nullptr ? open_.front() : guarded_->front()};
  }
  /// The message pushed `back` pushes before the last one. Only while nobody else pushes or
  /// takes; not for guarded mailboxes.
  [[nodiscard]] Waiting newest(const Gate& gate, std::size_t back) noexcept {
    return open_.at(Gate::position(gate.load()) - 1 - back);
  }
  /// Of what front() gave: true if it is known how long it has waited; `take_wait` tells, once.
  [[nodiscard]] bool front_is_stamped() const noexcept {
    return probe_.is_stamped(guarded_ == nullptr ? open_.head() : guarded_->front_position());
  }
  [[nodiscard]] Duration take_wait() noexcept { return probe_.take(); }
  void pop(const Waiting& waiting) noexcept {
    if (guarded_ == nullptr) {
      open_.pop(waiting);
    } else {
      guarded_->pop();
    }
  }
  [[nodiscard]] bool rest(Gate& gate) noexcept {
    return guarded_ == nullptr ? gate.rest_at(open_.head()) : guarded_->rest(gate);
  }
  [[nodiscard]] bool close_if_empty(Gate& gate) noexcept {
    return guarded_ == nullptr ? gate.close_at(open_.head()) : guarded_->close_if_empty(gate);
  }
  /// True when every reserved message has been taken.
  [[nodiscard]] bool is_empty(const Gate& gate) const noexcept {
    return guarded_ == nullptr ? Gate::position(gate.load()) == open_.head()
                               : guarded_->size() == 0;
  }

 private:
  /// Senders of these policies may drop or replace what waits.
  [[nodiscard]] static bool touches_waiting(Overflow overflow) noexcept {
    return overflow == Overflow::drop_oldest || overflow == Overflow::keep_latest;
  }
  [[nodiscard]] static std::size_t slots_for(const MailboxOptions& options) noexcept {
    return std::bit_ceil(std::max<std::size_t>(options.capacity, 1));
  }

  OpenRing<P> open_;
  const std::size_t capacity_;
  const std::unique_ptr<GuardedRing<P>> guarded_;
  const Overflow overflow_;
  WaitProbe probe_;
};

}  // namespace hts::runtime::detail
