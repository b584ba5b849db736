#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/runtime/mailbox_options.hpp"

namespace hts::runtime {

/// One actor's mailbox as an observer sees it; the views live for the call only.
struct ObservedMailbox {
  std::uint64_t actor_id = 0;
  std::string_view actor;
  std::size_t capacity = 0;
  /// Senders of this mailbox may drop or replace what waits (`drop_oldest`, `keep_latest`).
  bool is_guarded = false;
};

/// One message as an observer sees it.
struct ObservedMessage {
  std::uint32_t type = 0;  ///< its place in the protocol
  std::string_view type_name;
  /// The message as it lies in its slot, the same bytes from its sending to its handling. Empty for
  /// guarded mailboxes, which move what waits.
  std::span<const std::byte> bytes;
};

/// Sees every message that is sent, handled or thrown away, for the checks of the simulation.
///
/// Only for executors without threads: the calls come one at a time, on the thread that runs the
/// executor. A runtime without an observer pays one branch a message.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_sent(const ObservedMailbox& mailbox, const ObservedMessage& message,
                       SendResult result) = 0;
  /// Before its handler runs.
  virtual void on_handled(const ObservedMailbox& mailbox, const ObservedMessage& message) = 0;
  /// The actor ended; the message was waiting.
  virtual void on_discarded(const ObservedMailbox& mailbox, const ObservedMessage& message) = 0;
};

}  // namespace hts::runtime
