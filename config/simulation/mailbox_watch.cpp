#include "config/simulation/mailbox_watch.hpp"

#include <cstring>
#include <span>
#include <stdexcept>

namespace hts::simulation {
namespace {

using runtime::ObservedMailbox;
using runtime::ObservedMessage;

std::uint64_t digest_of(std::span<const std::byte> bytes) noexcept {
  std::uint64_t digest = 0xcbf29ce484222325U;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    digest = (digest ^ word) * 0x9e3779b97f4a7c15U;
    digest ^= digest >> 32U;
    bytes = bytes.subspan(sizeof(word));
  }
  for (const std::byte byte : bytes) {
    digest = (digest ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3U;
  }
  return digest | 1U;
}

std::string describe(const ObservedMailbox& mailbox, const ObservedMessage& message) {
  return std::string{message.type_name} + " in the mailbox of " + std::string{mailbox.actor};
}

}  // namespace

MailboxWatch::MailboxWatch(Referee& referee, Dice dice, double failure_rate)
    : referee_(referee), dice_(dice), failure_rate_(failure_rate) {}

void MailboxWatch::on_sent(const ObservedMailbox& mailbox, const ObservedMessage& message,
                           runtime::SendResult result) {
  if (!is_alive_) return;
  if (referee_.tracing()) {
    referee_.tell((taken(result) ? "sent " : "sent in vain ") + describe(mailbox, message));
  }
  // What a guarded mailbox may drop cannot be followed one by one.
  if (mailbox.is_guarded || result != runtime::SendResult::accepted) return;
  std::deque<Taken>& queue = waiting_[mailbox.actor_id];
  queue.push_back({message.type, digest_of(message.bytes)});
  // The message that is being handled keeps its slot, so it counts until its handler returns; here
  // it has left already.
  if (queue.size() > mailbox.capacity) {
    referee_.violated("mailbox_bound", std::string{mailbox.actor} + " holds " +
                                           std::to_string(queue.size()) + " messages in " +
                                           std::to_string(mailbox.capacity) + " slots");
  }
}

void MailboxWatch::take_out(const ObservedMailbox& mailbox, const ObservedMessage& message) {
  if (mailbox.is_guarded) return;
  std::deque<Taken>& queue = waiting_[mailbox.actor_id];
  if (queue.empty()) {
    referee_.violated("message_once", "a message that was not sent, or was handled before: " +
                                          describe(mailbox, message));
    return;
  }
  const Taken expected = queue.front();
  queue.pop_front();
  if (expected.type != message.type || expected.digest != digest_of(message.bytes)) {
    referee_.violated("message_order", "not the oldest message was taken, or it was changed: " +
                                           describe(mailbox, message));
  }
}

void MailboxWatch::on_handled(const ObservedMailbox& mailbox, const ObservedMessage& message) {
  if (!is_alive_) return;
  take_out(mailbox, message);
  ++handled_;
  if (referee_.tracing()) referee_.tell("handled " + describe(mailbox, message));
  referee_.note(mailbox.actor_id << 32U | message.type);
  referee_.note(static_cast<std::uint64_t>(referee_.now().time_since_epoch().count()));
  if (failure_rate_ > 0 && dice_.chance(failure_rate_)) {
    ++failures_;
    throw std::runtime_error("the simulation let this handler fail");
  }
}

void MailboxWatch::on_discarded(const ObservedMailbox& mailbox, const ObservedMessage& message) {
  if (is_alive_) take_out(mailbox, message);
}

std::size_t MailboxWatch::waiting() const noexcept {
  std::size_t count = 0;
  for (const auto& [actor, queue] : waiting_) count += queue.size();
  return count;
}

std::size_t MailboxWatch::waiting_in(std::uint64_t actor_id) const noexcept {
  const auto found = waiting_.find(actor_id);
  return found == waiting_.end() ? 0 : found->second.size();
}

}  // namespace hts::simulation
