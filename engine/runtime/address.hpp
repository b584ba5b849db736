#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/runtime/mailbox_options.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/typed_cell.hpp"

/// How actors know each other.
///
/// 1. An address is a small handle to copy freely; it stays valid for ever. A message to an actor
///    that has ended is refused as `stopped`, even after the runtime itself is gone.
/// 2. Sending what the protocol does not take is a compile error.
/// 3. `tell` may be called from any thread, in or out of a turn; it never blocks and never throws.
/// 4. Messages of one sender to one actor are handled in the order sent. Everything the sender did
///    before is visible to the handler.
namespace hts::runtime {

template <class P>
class Address {
 public:
  /// The address of nobody: every message is refused as `stopped`.
  Address() = default;
  explicit Address(detail::Ref<detail::TypedCell<P>> cell) noexcept : cell_(std::move(cell)) {}

  /// Puts a message into the actor's mailbox; moved from only if taken.
  template <class M>
    requires Takes<P, M>
  [[nodiscard]] SendResult tell(M&& message) const noexcept {
    if (!cell_) return SendResult::stopped;
    return cell_->tell(std::forward<M>(message));
  }

  /// Puts a burst of messages into the mailbox, in order, with few atomic operations; the first
  /// `accepted` ones are moved from.
  template <class M>
    requires Takes<P, M>
  [[nodiscard]] BurstResult send_n(std::span<M> messages) const noexcept {
    if (!cell_) return {0, SendResult::stopped};
    return cell_->send_n(messages);
  }

  [[nodiscard]] std::string_view name() const noexcept {
    return cell_ ? std::string_view(cell_->name()) : std::string_view("nobody");
  }
  explicit operator bool() const noexcept { return static_cast<bool>(cell_); }
  friend bool operator==(const Address& a, const Address& b) noexcept {
    return a.cell_.get() == b.cell_.get();
  }

  /// For the runtime.
  [[nodiscard]] detail::TypedCell<P>* cell() const noexcept { return cell_.get(); }

 private:
  detail::Ref<detail::TypedCell<P>> cell_;
};

}  // namespace hts::runtime
