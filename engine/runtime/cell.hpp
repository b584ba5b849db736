#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/control.hpp"
#include "engine/runtime/errand.hpp"
#include "engine/runtime/executor.hpp"
#include "engine/runtime/gate.hpp"
#include "engine/runtime/host.hpp"
#include "engine/runtime/mailbox_options.hpp"
#include "engine/runtime/snapshot.hpp"
#include "engine/runtime/supervision.hpp"
#include "engine/runtime/timers.hpp"

namespace hts::runtime {

class Context;
template <class P>
class Address;

namespace detail {
class Cell;
}

/// Who takes over when an actor gives up: another actor of the same runtime, or nobody.
class Supervisor {
 public:
  Supervisor() = default;
  /// For braces: `.supervisor = address`.
  template <class P>
  Supervisor(const Address<P>& actor) : cell_(actor.cell()) {}

  /// For the runtime.
  [[nodiscard]] detail::Cell* cell() const noexcept { return cell_.get(); }

 private:
  detail::Ref<detail::Cell> cell_;
};

/// With a supervisor, giving up is not the end:
///
/// 1. The actor, its messages waiting, tells its supervisor, who fails as if its own handler had
///    thrown "child X gave up: ...". Once the supervisor is up again, so is the child, with fresh
///    limits.
/// 2. A supervisor that gives up takes all its children down with it, to its own supervisor's
///    decision; without one it ends, they end with it, and `RuntimeOptions::on_give_up` hears.
/// 3. An actor whose supervisor was stopped ends when it gives up, as without one.
/// 4. A supervisor is there before its children, so they cannot form a cycle.
struct ActorOptions {
  MailboxOptions mailbox = {};
  SupervisionOptions supervision = {};
  Supervisor supervisor = {};
  int shutdown_phase = 0;  ///< lower phases stop first (sources); later ones drain after them
};

namespace detail {

class WatchErrand;
class RoomErrand;

/// The place where an actor lives: mailbox, control lane, timers, supervision. It stays when the
/// actor restarts; its address stays valid when the actor is dead.
///
/// 1. At most one thread runs it at a time (see Gate). Members without another note belong to
///    those turns.
/// 2. Every turn delivers the control lane first, then data within the turn's budget.
/// 3. Its last touch in a turn is to set `idle`, to schedule itself, or to report its death; after
///    that another thread may run or free it.
/// 4. Nothing that an actor throws leaves it.
class Cell : public AlarmTarget, public Task {
 public:
  // --- any thread ---
  void push_control(ControlNode& node) noexcept;
  void ring() noexcept final { executor_->ring(*this); }
  [[nodiscard]] std::uint64_t alarm_owner() const noexcept final { return id_; }
  /// What ring() comes to once the executor has its turn for it.
  void take_alarm() noexcept { request(requested_alarm); }
  void request_start() noexcept { request(requested_start); }
  /// Handle what waits, then end; the actor's `on_stop` is called when its mailbox is empty.
  void request_stop() noexcept { request(requested_stop); }
  /// End after the message that is being handled; the rest are dead letters.
  void request_kill() noexcept { request(requested_kill); }

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] int shutdown_phase() const noexcept { return options_.shutdown_phase; }
  [[nodiscard]] Cell* supervisor() const noexcept { return options_.supervisor.cell(); }
  /// Its supervisor has ended and decides nothing any more.
  void request_orphan() noexcept { request(requested_orphan); }
  [[nodiscard]] Overflow overflow() const noexcept { return options_.mailbox.overflow; }
  [[nodiscard]] ActorState state() const noexcept { return state_.load(); }
  [[nodiscard]] ActorSnapshot snapshot() const;

  void run(Turn& turn) noexcept final;

  // --- own turns ---
  [[nodiscard]] Host& host() const noexcept { return host_; }
  TimerId set_timer(Duration delay, Duration period, Callback callback);
  bool cancel_timer(TimerId id) { return timers_.cancel(id); }
  /// As timers, but kept while the actor stops.
  TimerId set_deadline(Duration delay, Callback callback, Errand* of = nullptr);
  void cancel_deadline(TimerId id) { (void)deadlines_.cancel(id); }
  /// Ends the errand that has that deadline. False when it was over.
  bool cancel_errand(TimerId deadline) noexcept;
  [[nodiscard]] std::uint64_t random() noexcept;
  void stop_self() noexcept { stop_self_ = true; }
  [[nodiscard]] bool stopping_self() const noexcept { return stop_self_; }
  /// What jobs on lanes hold so that the actor they use outlives them.
  [[nodiscard]] virtual std::shared_ptr<void> incarnation() const { return nullptr; }

  void add_pending(Errand& errand) noexcept;
  void remove_pending(Errand& errand) noexcept;
  /// Drops the callback of a watch of this actor.
  void forget_watch(std::uint64_t watch_id) noexcept;
  void add_watcher(WatchErrand& watcher);
  void remove_watcher(std::uint64_t watch_id) noexcept;
  void add_room_waiter(RoomErrand& waiter);
  void add_child(Ref<Cell> child);
  void remove_child(const Cell& child) noexcept;
  void on_child_gave_up(Cell& child, std::string_view error) noexcept;

  /// True on a mismatch-free `self`: the protocol that the cell was reserved with.
  [[nodiscard]] virtual const void* protocol_tag() const noexcept { return nullptr; }

  // --- for the typed part ---
  /// Counts down to the next message to be timed.
  [[nodiscard]] bool sample_due() noexcept { return --sample_countdown_ == 0; }
  void record_sample(Turn& turn, SteadyTime began);
  void record_wait(Duration waited) noexcept { waiting_.record(waited); }
  void record_failure(std::string_view error);
  void count_handled(std::uint64_t count) noexcept {
    handled_.store(handled_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  /// Any thread.
  void count_dead_letter(DeadLetterReason reason, std::string_view type) noexcept;
  [[nodiscard]] DeadLetterReason reason_of_end() const noexcept;

 protected:
  Cell(Host& host, std::shared_ptr<Lifeline> lifeline, std::uint64_t id, std::string name,
       const ActorOptions& options);
  ~Cell() override;

  enum class Drained { within_budget, failed };

  virtual Drained drain_data(Turn& turn) = 0;
  virtual void make_actor(Context& context) = 0;  // may throw
  virtual void call_on_stop() = 0;                // may throw
  virtual void end_actor() noexcept = 0;
  /// The cell is dead for good.
  virtual void retire_actor() noexcept = 0;
  virtual void discard_data() noexcept = 0;
  [[nodiscard]] virtual bool is_empty() const noexcept = 0;
  [[nodiscard]] virtual bool rest() noexcept = 0;
  [[nodiscard]] virtual bool close_if_empty() noexcept = 0;
  [[nodiscard]] virtual std::size_t depth() const noexcept = 0;
  [[nodiscard]] virtual std::size_t capacity() const noexcept = 0;

  /// Any thread, after a push or an announcement that found the gate idle.
  void wake() noexcept;

  Gate gate_;

 private:
  enum class Phase { reserved, starting, running, restarting, escalated, dying };
  static constexpr std::uint32_t requested_start = 1;
  static constexpr std::uint32_t requested_stop = 2;
  static constexpr std::uint32_t requested_kill = 4;
  static constexpr std::uint32_t requested_alarm = 8;
  // Of a supervisor to its children:
  static constexpr std::uint32_t requested_suspend = 16;  // it gave up: wait with it
  static constexpr std::uint32_t requested_revive = 32;   // it is up: who waits comes up too
  static constexpr std::uint32_t requested_fall = 64;     // it ended because it gave up: end too
  static constexpr std::uint32_t requested_orphan = 128;  // it ended: who waits ends

  void request(std::uint32_t what) noexcept;
  void announce_control() noexcept;
  void discard_control() noexcept;

  void deliver_control(Turn& turn) noexcept;
  void handle_requests(Turn& turn) noexcept;
  void fire_timers(Turn& turn) noexcept;
  void arm_alarm();
  void bring_up() noexcept;
  void work(Turn& turn) noexcept;
  void advance_stop() noexcept;
  enum class Cause { own, child };
  void on_failure(Cause cause = Cause::own) noexcept;
  void give_up(Cause cause) noexcept;
  void end_given_up(Cause cause) noexcept;
  void handle_supervision(std::uint32_t requests) noexcept;
  void suspend() noexcept;
  void request_children(std::uint32_t what) noexcept;
  [[nodiscard]] std::string last_error() const;
  void set_last_error(std::string_view error);
  void end(ActorState final_state) noexcept;
  [[nodiscard]] bool bury() noexcept;
  void drop_incarnation() noexcept;
  void tell_room_waiters() noexcept;
  void set_state(ActorState state) noexcept { state_.store(state); }
  /// Runs something of the actor's. False if it threw; the failure is then recorded.
  template <class F>
  [[nodiscard]] bool guarded(F&& f) noexcept;

  Host& host_;
  Executor* executor_;
  const std::shared_ptr<Lifeline> lifeline_;
  const std::uint64_t id_;
  const std::string name_;
  const ActorOptions options_;
  const std::unique_ptr<Context> context_;

  ControlLane control_;
  std::atomic<std::uint32_t> requests_{0};

  Phase phase_ = Phase::reserved;
  ActorState final_state_ = ActorState::stopped;
  bool alive_ = false;  // the actor exists
  bool made_ = false;   // and its constructor and on_start have returned
  bool stopping_ = false;
  bool stop_told_ = false;  // on_stop was called
  bool stop_self_ = false;
  bool data_is_heavy_ = true;  // until known
  bool control_is_heavy_ = false;

  TimerQueue timers_;
  TimerQueue deadlines_;
  std::unique_ptr<Alarm> alarm_;
  SteadyTime alarm_set_for_ = SteadyTime::max();

  Errand* pending_ = nullptr;
  std::size_t holding_stop_ = 0;
  std::vector<WatchErrand*> watchers_;
  std::vector<RoomErrand*> room_waiters_;

  std::vector<Ref<Cell>> children_;  // that live
  bool children_wait_ = false;       // for this actor to come up
  TimerId restart_timer_;            // of deadlines_

  RestartPolicy restart_policy_;
  std::uint64_t random_state_;
  std::uint32_t sample_countdown_ = 1;

  std::atomic<ActorState> state_{ActorState::reserved};
  std::atomic<std::uint64_t> handled_{0};
  std::atomic<std::uint64_t> restarts_{0};
  LiveHistogram<HandlingHistogram> handling_;
  LiveHistogram<WaitHistogram> waiting_;
  std::array<std::atomic<std::uint64_t>, dead_letter_reasons> dead_letters_{};
  mutable std::mutex last_error_mutex_;
  std::string last_error_;  // guarded by last_error_mutex_
};

}  // namespace detail
}  // namespace hts::runtime
