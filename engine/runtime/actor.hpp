#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "engine/runtime/context.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/typed_cell.hpp"

/// How an actor is written:
///
///     using MeterProtocol = Protocol<Reading, Request<GetTotal>>;
///
///     class Meter : public Actor<Meter, MeterProtocol> {
///      public:
///       explicit Meter(Context& context);
///       void on(const Reading& reading);
///       void on(Request<GetTotal>& request) { request.reply(total_); }
///       void on_start();  // optional: on the first turn, after the constructor
///       void on_stop();   // optional: asked to stop, the mailbox being empty and closed
///     };
///
/// 1. Its constructor, handlers and hooks run one after the other, each seeing what the one before
///    did, on whatever worker thread: no locks, no atomics.
/// 2. A handler may move from its message. It should return soon; what blocks or computes long goes
///    to a lane.
/// 3. What it throws destroys it, and a new one is made by its factory after a pause; or it loses
///    that message only (SupervisionOptions). What fails too often ends, or fails its supervisor.
/// 4. After `on_stop` it lives on until its questions and lane jobs are answered (they have
///    deadlines), so that requests it holds get their answers.
namespace hts::runtime {

template <class Self, class P>
class Actor {
 public:
  using ProtocolType = P;

 private:
  friend Self;  // nobody else is an Actor<Self, P>

  Actor() = default;
  ~Actor() = default;
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;
};

/// Makes an actor; called for its first start and for each restart, on the actor's turns.
template <class A>
using Factory = std::function<std::unique_ptr<A>(Context&)>;

namespace detail {

template <class A>
class ActorRunner final : public Runner<typename A::ProtocolType> {
  using P = typename A::ProtocolType;
  using Traits = ProtocolTraits<P>;

 public:
  explicit ActorRunner(Factory<A> factory) : factory_(std::move(factory)) {}

  void make(Context& context) override {
    actor_ = factory_(context);
    if constexpr (requires(A& actor) { actor.on_start(); }) actor_->on_start();
  }
  void end() noexcept override { actor_.reset(); }
  void retire() noexcept override { factory_ = nullptr; }
  void on_stop() override {
    if constexpr (requires(A& actor) { actor.on_stop(); }) actor_->on_stop();
  }
  [[nodiscard]] std::shared_ptr<void> incarnation() const override { return actor_; }

  bool drain(Turn& turn, Mailbox<P>& mailbox, TypedCell<P>& cell) override {
    A& actor = *actor_;
    std::uint64_t handled = 0;
    typename Mailbox<P>::Front message;
    try {
      while (turn.messages_left > 0 && !cell.stopping_self()) {
        message = mailbox.front();
        if (!message) break;
        --turn.messages_left;
        ++handled;
        detail::present_trace = message.trace;
        if (mailbox.front_is_stamped()) [[unlikely]]
          cell.record_wait(mailbox.take_wait());
        if (cell.is_observed()) [[unlikely]]
          cell.observe_handled(message);
        if (cell.sample_due()) [[unlikely]] {
          const SteadyTime began = turn.executor().stopwatch();
          handle(actor, message);
          cell.record_sample(turn, began);
        } else {
          handle(actor, message);
        }
        mailbox.pop(message);
      }
      cell.count_handled(handled);
      detail::present_trace = 0;
      return true;
    } catch (const std::exception& error) {
      cell.record_failure(error.what());
    } catch (...) {
      cell.record_failure("something that is not a std::exception was thrown");
    }
    cell.count_handled(handled - 1);
    cell.count_dead_letter(DeadLetterReason::handler_threw, Traits::name(message.type));
    mailbox.pop(message);
    return false;
  }

 private:
  static void handle(A& actor, const Waiting& waiting) {
    Traits::visit(waiting.type, waiting.message, [&actor](auto& message) {
      if constexpr (requires { actor.on(message); }) {
        actor.on(message);
      } else {
        actor.on(std::move(message));
      }
    });
  }

  Factory<A> factory_;
  std::shared_ptr<A> actor_;
};

}  // namespace detail
}  // namespace hts::runtime
