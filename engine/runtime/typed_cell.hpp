#pragma once

#include <memory>
#include <span>
#include <utility>

#include "engine/runtime/cell.hpp"
#include "engine/runtime/mailbox.hpp"

namespace hts::runtime::detail {

template <class P>
class TypedCell;

/// Makes an actor and feeds it messages; one instance serves all incarnations of one cell.
template <class P>
class Runner {
 public:
  virtual ~Runner() = default;
  virtual void make(Context& context) = 0;
  virtual void end() noexcept = 0;
  /// No further incarnation will be made: lets go of what making one needs.
  virtual void retire() noexcept = 0;
  virtual void on_stop() = 0;
  [[nodiscard]] virtual std::shared_ptr<void> incarnation() const = 0;
  /// Handles messages while the turn allows. False if a handler threw: its message is gone.
  virtual bool drain(Turn& turn, Mailbox<P>& mailbox, TypedCell<P>& cell) = 0;
};

/// A cell with the mailbox of protocol P.
template <class P>
class TypedCell final : public Cell {
  using Traits = ProtocolTraits<P>;

 public:
  TypedCell(Host& host, std::shared_ptr<Lifeline> lifeline, std::uint64_t id, std::string name,
            const ActorOptions& options)
      : Cell(host, std::move(lifeline), id, std::move(name), options),
        mailbox_(options.mailbox, host.executor),
        observer_(host.observer) {}

  /// Any thread. The hot path of the whole engine.
  template <class M>
  SendResult tell(M&& message) noexcept {
    const Pushed pushed = mailbox_.push(gate_, std::forward<M>(message));
    if (observer_ != nullptr) [[unlikely]]
      observe_sent<M>(pushed.result, 1);
    if (pushed.wake) wake();
    if (pushed.result != SendResult::accepted) [[unlikely]] {
      report(pushed, Traits::template index<std::remove_cvref_t<M>>, 1);
    }
    return pushed.result;
  }

  template <class M>
  BurstResult send_n(std::span<M> messages) noexcept {
    if (mailbox_.is_guarded()) {
      BurstResult sent;
      for (M& message : messages) {
        sent.result = tell(std::move(message));
        if (!taken(sent.result)) return sent;
        ++sent.accepted;
      }
      return sent;
    }
    const auto burst = mailbox_.push_n(gate_, messages);
    if (observer_ != nullptr) [[unlikely]] {
      observe_sent<M>(SendResult::accepted, burst.sent.accepted);
    }
    if (burst.wake) wake();
    if (burst.sent.result != SendResult::accepted) {
      report({burst.sent.result}, Traits::template index<M>, messages.size() - burst.sent.accepted);
    }
    return burst.sent;
  }

  /// Once, before request_start.
  void install(std::unique_ptr<Runner<P>> runner) { runner_ = std::move(runner); }

  [[nodiscard]] static const void* tag() noexcept {
    static constexpr char unique = 0;
    return &unique;
  }
  [[nodiscard]] bool is_observed() const noexcept { return observer_ != nullptr; }
  /// For the runner, before the handler of what waits at the front. Requires is_observed().
  [[gnu::cold, gnu::noinline]] void observe_handled(const Waiting& waiting) {
    observer_->on_handled(observed_mailbox(), observed(waiting));
  }

  [[nodiscard]] const void* protocol_tag() const noexcept override { return tag(); }
  [[nodiscard]] std::shared_ptr<void> incarnation() const override {
    return runner_->incarnation();
  }

 private:
  ~TypedCell() override = default;

  Drained drain_data(Turn& turn) override {
    return runner_->drain(turn, mailbox_, *this) ? Drained::within_budget : Drained::failed;
  }
  void make_actor(Context& context) override { runner_->make(context); }
  void call_on_stop() override { runner_->on_stop(); }
  void end_actor() noexcept override { runner_->end(); }
  void retire_actor() noexcept override {
    if (runner_ != nullptr) runner_->retire();
  }
  void discard_data() noexcept override {
    while (const auto waiting = mailbox_.front()) {
      if (observer_ != nullptr) observer_->on_discarded(observed_mailbox(), observed(waiting));
      count_dead_letter(reason_of_end(), Traits::name(waiting.type));
      mailbox_.pop(waiting);
    }
  }
  bool is_empty() const noexcept override { return mailbox_.is_empty(gate_); }
  bool rest() noexcept override { return mailbox_.rest(gate_); }
  bool close_if_empty() noexcept override { return mailbox_.close_if_empty(gate_); }
  std::size_t depth() const noexcept override { return mailbox_.depth(gate_); }
  std::size_t capacity() const noexcept override { return mailbox_.capacity(); }

  [[gnu::cold, gnu::noinline]] void report(const Pushed& pushed, std::uint32_t type,
                                           std::size_t count) noexcept {
    switch (pushed.result) {
      case SendResult::accepted:
        return;
      case SendResult::full:
        if (overflow() == Overflow::wait) return;
        break;
      case SendResult::accepted_dropped_oldest:
        count_dead_letter(DeadLetterReason::dropped_oldest, Traits::name(pushed.dropped_type));
        return;
      case SendResult::replaced:
        count_dead_letter(DeadLetterReason::replaced, Traits::name(pushed.dropped_type));
        return;
      case SendResult::stopped:
        break;
    }
    const DeadLetterReason reason =
        pushed.result == SendResult::full ? DeadLetterReason::mailbox_full : reason_of_end();
    for (std::size_t i = 0; i < count; ++i) count_dead_letter(reason, Traits::name(type));
  }

  [[nodiscard]] ObservedMailbox observed_mailbox() const noexcept {
    return {id(), name(), mailbox_.capacity(), mailbox_.is_guarded()};
  }
  [[nodiscard]] ObservedMessage observed(const Waiting& waiting) const noexcept {
    ObservedMessage message{waiting.type, Traits::name(waiting.type), {}};
    if (!mailbox_.is_guarded()) {
      message.bytes = {static_cast<const std::byte*>(waiting.message),
                       Traits::size_of(waiting.type)};
    }
    return message;
  }
  /// The last `count` messages pushed; nobody else pushes meanwhile.
  template <class M>
  [[gnu::cold, gnu::noinline]] void observe_sent(SendResult result, std::size_t count) {
    constexpr std::uint32_t type = Traits::template index<std::remove_cvref_t<M>>;
    for (std::size_t back = count; back > 0; --back) {
      ObservedMessage message{type, Traits::name(type), {}};
      if (result == SendResult::accepted && !mailbox_.is_guarded()) {
        message = observed(mailbox_.newest(gate_, back - 1));
      }
      observer_->on_sent(observed_mailbox(), message, result);
    }
  }

  Mailbox<P> mailbox_;
  Observer* const observer_;
  std::unique_ptr<Runner<P>> runner_;
};

}  // namespace hts::runtime::detail
