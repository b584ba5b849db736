#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "config/simulation/dice.hpp"
#include "config/simulation/referee.hpp"
#include "engine/runtime/observer.hpp"

namespace hts::simulation {

/// Checks every mailbox at every step: what it took comes out once, in order, and it never holds
/// more than its bound. Now and then it makes a handler fail, as a bug in an actor would.
class MailboxWatch final : public runtime::Observer {
 public:
  /// `failure_rate`: the share of messages whose handler throws instead of running.
  MailboxWatch(Referee& referee, Dice dice, double failure_rate);

  void on_sent(const runtime::ObservedMailbox& mailbox, const runtime::ObservedMessage& message,
               runtime::SendResult result) override;
  /// Throws where a handler is to fail.
  void on_handled(const runtime::ObservedMailbox& mailbox,
                  const runtime::ObservedMessage& message) override;
  void on_discarded(const runtime::ObservedMailbox& mailbox,
                    const runtime::ObservedMessage& message) override;

  void set_failure_rate(double rate) noexcept { failure_rate_ = rate; }
  /// A process begins, with empty mailboxes.
  void begin_life() {
    waiting_.clear();
    is_alive_ = true;
  }
  /// The process died; what its remains still do does not count.
  void end_life() { is_alive_ = false; }

  /// Messages taken and not handled yet.
  [[nodiscard]] std::size_t waiting() const noexcept;
  [[nodiscard]] std::size_t waiting_in(std::uint64_t actor_id) const noexcept;
  [[nodiscard]] std::uint64_t handled() const noexcept { return handled_; }
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }

 private:
  struct Taken {
    std::uint32_t type = 0;
    std::uint64_t digest = 0;  ///< of its bytes; 0 when they may move
  };
  void take_out(const runtime::ObservedMailbox& mailbox, const runtime::ObservedMessage& message);

  Referee& referee_;
  Dice dice_;
  double failure_rate_;
  std::map<std::uint64_t, std::deque<Taken>> waiting_;  ///< by actor
  bool is_alive_ = true;
  std::uint64_t handled_ = 0;
  std::uint64_t failures_ = 0;
};

}  // namespace hts::simulation
