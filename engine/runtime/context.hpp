#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "engine/runtime/address.hpp"
#include "engine/runtime/ask.hpp"
#include "engine/runtime/cell.hpp"
#include "engine/runtime/lane.hpp"
#include "engine/runtime/log.hpp"
#include "engine/runtime/watch.hpp"
#include "engine/runtime/withdrawal.hpp"

/// What the runtime offers to an actor.
///
/// 1. Valid for the actor's whole life; to be used on the actor's own turns only: in its
///    constructor, its handlers, and the callbacks given here. Never in work on a lane.
/// 2. Every callback runs as a turn of this actor, so actor code needs no locks. Callbacks come
///    over the control lane: a flood of messages delays them by one batch at most.
/// 3. When the actor restarts or ends, its timers are gone and its callbacks are dropped uncalled;
///    a ReplyTo inside one answers by itself.
/// 4. What a callback throws is a failure of the actor, as if a handler had thrown it.
namespace hts::runtime {

class Context {
 public:
  explicit Context(detail::Cell& cell) noexcept : cell_(cell) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Wall clock, UTC; injectable, virtual under simulation.
  [[nodiscard]] Timestamp now() const;
  /// For measuring.
  [[nodiscard]] SteadyTime steady_now() const noexcept;
  /// The next draw of this actor's generator, seeded from the runtime's seed and the actor's name.
  [[nodiscard]] std::uint64_t random() noexcept { return cell_.random(); }

  /// Of the request from outside that caused the present turn; 0: none. What is sent or set now
  /// carries it on.
  [[nodiscard]] TraceId trace() const noexcept { return current_trace(); }

  [[nodiscard]] const std::string& name() const noexcept { return cell_.name(); }

  /// This actor's own address. P is its protocol; another one is our own mistake and throws.
  template <class P>
  [[nodiscard]] Address<P> self() const {
    if (cell_.protocol_tag() != detail::TypedCell<P>::tag()) {
      throw std::logic_error(cell_.name() + " asked for its address with a foreign protocol");
    }
    return Address<P>(detail::Ref(static_cast<detail::TypedCell<P>*>(&cell_)));
  }

  /// Calls back once, `delay` from now.
  TimerId after(Duration delay, Callback callback) {
    return cell_.set_timer(delay, Duration::zero(), std::move(callback));
  }
  /// Calls back every `period` (> 0), first after one period; missed periods are skipped.
  TimerId every(Duration period, Callback callback) {
    return cell_.set_timer(period, std::max(period, Duration{1}), std::move(callback));
  }
  /// False when it had fired, or was cancelled, before. A cancelled timer never fires.
  bool cancel(TimerId id) { return cell_.cancel_timer(id); }

  /// Asks; `on_reply(Result<Query::Reply>)` is called exactly once, in a later turn: with the
  /// answer, with `unavailable` if the other side refused, stopped or forgot, or with `timed_out`;
  /// not at all when it is cancelled before.
  template <class P, class Query, class F>
    requires Takes<P, Request<Query>>
  AskId ask(const Address<P>& to, Query query, Duration deadline, F on_reply) {
    return detail::ask(cell_, to, std::move(query), deadline, std::move(on_reply));
  }

  /// Takes a question back: its callback is dropped, and whoever should answer may learn that
  /// nobody waits. False when it was answered or over before.
  bool cancel(AskId id) { return cell_.cancel_errand({id.value}); }

  /// Calls back once, as soon as nobody waits for this answer any more (see ReplyTo); in a later
  /// turn also if so already. Never once it was answered.
  template <class T>
  void when_unwanted(const ReplyTo<T>& reply, Callback callback) {
    if (detail::Interest* interest = reply.interest()) {
      interest->listen(*new detail::WithdrawalErrand(cell_, std::move(callback)));
    }
  }

  /// Runs `work()` on a thread of the lane, then `then(outcome)` as a turn of this actor. The
  /// outcome is what work returned if that is a Result, a Result of it otherwise, a Status for
  /// void. A full lane gives `unavailable`, an exception `internal`. `work` may read those members
  /// of the actor that never change: the actor outlives it.
  template <class Work, class Then>
    requires std::is_invocable_v<Then&, detail::Outcome<Work>>
  void offload(Lane& lane, Work work, Then then) {
    lane.submit(*new detail::OffloadJob<Work, Then>(cell_, cell_.incarnation(), std::move(work),
                                                    std::move(then)));
  }

  /// Calls `on_room()` once, as soon as the full mailbox of `of` has room, or its actor has ended.
  template <class P, class F>
  void when_room(const Address<P>& of, F on_room) {
    class Room final : public detail::RoomErrand {
     public:
      Room(detail::Cell& owner, F callback) : RoomErrand(owner), on_room_(std::move(callback)) {}

     private:
      void complete() override { on_room_(); }
      void abandon() noexcept override { on_room_.reset(); }
      Callback on_room_;
    };
    auto* errand = new Room(cell_, std::move(on_room));
    if (of) {
      errand->go(*of.cell());
    } else {
      errand->tell();
    }
  }

  /// Calls `on_death(DeathNotice)` once when the actor has ended for good, at once if it has.
  template <class P, class F>
  WatchId watch(const Address<P>& whom, F on_death) {
    class Watch final : public detail::WatchErrand {
     public:
      Watch(detail::Cell& owner, detail::Cell* target, std::uint64_t id, F callback)
          : WatchErrand(owner, target, id), on_death_(std::move(callback)) {}

     private:
      void complete() override { (*on_death_)(std::as_const(notice_)); }
      void abandon() noexcept override { on_death_.reset(); }
      std::optional<F> on_death_;
    };
    const WatchId id = next_watch_id();
    auto* errand = new Watch(cell_, whom.cell(), id.value, std::move(on_death));
    if (whom) {
      errand->go(*whom.cell());
    } else {
      errand->report({std::string(whom.name()), false, {}});
    }
    return id;
  }
  /// After this the watch never calls back. `whom` is the watched address.
  template <class P>
  void unwatch(const Address<P>& whom, WatchId id) {
    cell_.forget_watch(id.value);
    if (whom) whom.cell()->push_control(*new detail::Unwatch(id.value));
  }

  /// Ends this actor after the handler that runs: `on_stop` is called, what waits in the mailbox
  /// goes to dead letters, watchers are told.
  void stop_self() noexcept { cell_.stop_self(); }
  /// Asks another actor to handle what it has and end.
  template <class P>
  void stop(const Address<P>& whom) {
    if (whom) whom.cell()->request_stop();
  }

  /// One line to the runtime's log, under this actor's name.
  void log(LogLevel level, std::string_view text) const;

 private:
  [[nodiscard]] WatchId next_watch_id() noexcept;

  detail::Cell& cell_;
  std::uint64_t watches_ = 0;
};

}  // namespace hts::runtime
