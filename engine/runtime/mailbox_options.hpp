#pragma once

#include <cstddef>
#include <cstdint>

namespace hts::runtime {

/// What a mailbox does with a message when it is full. A worker thread is never blocked.
enum class Overflow {
  wait,         ///< refuses; the sender is told when there is room (`Context::when_room`)
  reject,       ///< refuses; counted as dropped and sent to dead letters
  drop_oldest,  ///< takes it and drops the oldest waiting message (never for a stalled market
                ///< feed's commands: those want `wait`)
  keep_latest,  ///< replaces a waiting message of the same type and key in its place in the queue;
                ///< a full mailbox without such a message refuses. The key is the message's
                ///< `std::uint64_t coalesce_key() const` (a symbol's id for quotes) or, without
                ///< that member, the type alone. Requests are never replaced.
};

/// What became of a message.
enum class SendResult {
  accepted,
  accepted_dropped_oldest,  ///< taken; the oldest waiting message made room
  replaced,                 ///< taken; an older message of the same key is gone
  full,                     ///< refused and left untouched with the sender
  stopped,                  ///< refused and left untouched: the actor does not live any more
};

/// True when the message has been taken.
[[nodiscard]] constexpr bool taken(SendResult result) noexcept {
  return result != SendResult::full && result != SendResult::stopped;
}

struct MailboxOptions {
  std::size_t capacity = 512;  ///< messages; rounded up to a power of two, at least 1
  Overflow overflow = Overflow::reject;
};

/// The outcome of a burst: the first `accepted` messages were taken, the rest are untouched.
struct BurstResult {
  std::size_t accepted = 0;
  SendResult result = SendResult::accepted;  ///< of the first refused message, if any
};

}  // namespace hts::runtime
