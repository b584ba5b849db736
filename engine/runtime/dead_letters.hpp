#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace hts::runtime {

/// Why a message was not handled.
enum class DeadLetterReason : std::uint8_t {
  mailbox_full,    ///< refused; the sender was told so (not counted for Overflow::wait)
  dropped_oldest,  ///< made room for a newer one
  replaced,        ///< a newer one of its key took its place: counted, not sent to the hook
  stopped,         ///< came to, or was waiting in, the mailbox of an actor that stopped
  failed,          ///< came to, or was waiting in, the mailbox of an actor that gave up
  handler_threw,   ///< its handler threw: the actor restarts without it
};
inline constexpr std::size_t dead_letter_reasons = 6;

[[nodiscard]] std::string_view name_of(DeadLetterReason reason) noexcept;

/// The views live for the call only.
struct DeadLetter {
  std::string_view actor;
  std::string_view message_type;
  DeadLetterReason reason = DeadLetterReason::stopped;
};

/// Called once for each dead letter on the thread where it died, several at once: it must be fast,
/// limit its own rate and not throw.
using DeadLetterHook = std::function<void(const DeadLetter&)>;

}  // namespace hts::runtime
