#include "engine/runtime/cell.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "engine/runtime/beat.hpp"
#include "engine/runtime/context.hpp"
#include "engine/runtime/family.hpp"
#include "engine/runtime/random.hpp"
#include "engine/runtime/watch.hpp"

namespace hts::runtime::detail {
namespace {

void relax_cpu() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void add_single_writer(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// Handlers that take up to this long are timed once in `longest_stride` messages; slower ones so
/// often that a turn notices its time budget in time.
constexpr Duration stride_budget = std::chrono::microseconds{25};
constexpr std::int64_t longest_stride = 64;

/// Never before now, and no overflow for "practically never".
Duration within_reason(Duration delay) noexcept {
  constexpr Duration century = std::chrono::hours{24 * 365 * 100};
  return std::clamp(delay, Duration::zero(), century);
}

/// How often a turn looks again for a message whose sender has reserved its slot and not filled it
/// yet, before it lets others run.
constexpr int looks_for_unpublished = 64;

}  // namespace

Cell::Cell(Host& host, std::shared_ptr<Lifeline> lifeline, std::uint64_t id, std::string name,
           const ActorOptions& options)
    : host_(host),
      executor_(host.executor),
      lifeline_(std::move(lifeline)),
      id_(id),
      name_(std::move(name)),
      options_(options),
      context_(std::make_unique<Context>(*this)),
      restart_policy_(options.supervision),
      random_state_(host.seed ^ stable_hash(name_)) {}

Cell::~Cell() {
  discard_control();
}

// --- any thread ---

void Cell::push_control(ControlNode& node) noexcept {
  control_.push(node);
  announce_control();
}

void Cell::request(std::uint32_t what) noexcept {
  requests_.fetch_or(what, std::memory_order_release);
  announce_control();
}

void Cell::announce_control() noexcept {
  switch (gate_.raise_control()) {
    case Gate::Raised::quietly:
      return;
    case Gate::Raised::wake:
      wake();
      return;
    case Gate::Raised::refused:
      discard_control();
      return;
  }
}

void Cell::discard_control() noexcept {
  for (ControlNode* node = control_.take_all(); node != nullptr;) {
    std::exchange(node, node->next)->discard();
  }
}

void Cell::wake() noexcept {
  if (Turn* turn = Turn::current(); turn != nullptr && &turn->executor() == executor_) {
    turn->schedule(*this);
  } else if (lifeline_->enter()) {
    executor_->schedule(*this);
    lifeline_->leave();
  }
}

void Cell::count_dead_letter(DeadLetterReason reason, std::string_view type) noexcept {
  dead_letters_[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  if (reason == DeadLetterReason::replaced || !lifeline_->enter()) return;
  if (host_.on_dead_letter) host_.on_dead_letter({name_, type, reason});
  lifeline_->leave();
}

DeadLetterReason Cell::reason_of_end() const noexcept {
  return state() == ActorState::failed ? DeadLetterReason::failed : DeadLetterReason::stopped;
}

ActorSnapshot Cell::snapshot() const {
  ActorSnapshot snapshot;
  snapshot.id = id_;
  snapshot.name = name_;
  snapshot.state = state();
  snapshot.shutdown_phase = options_.shutdown_phase;
  snapshot.depth = depth();
  snapshot.capacity = capacity();
  snapshot.handled = handled_.load(std::memory_order_relaxed);
  snapshot.restarts = restarts_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < dead_letter_reasons; ++i) {
    snapshot.dead_letters[i] = dead_letters_[i].load(std::memory_order_relaxed);
  }
  snapshot.handling = handling_.snapshot();
  snapshot.waiting = waiting_.snapshot();
  const std::lock_guard lock(last_error_mutex_);
  snapshot.last_error = last_error_;
  return snapshot;
}

// --- own turns ---

void Cell::run(Turn& turn) noexcept {
  const TraceScope nobodys(0);
  const BeatScope beat(id_);
  for (int looks = 0;; ++looks) {
    if (gate_.take_control()) deliver_control(turn);
    if (phase_ == Phase::starting) bring_up();
    if (phase_ == Phase::running) work(turn);
    switch (phase_) {
      case Phase::running:
        if (rest()) return;
        break;
      case Phase::dying:
        if (bury()) return;
        break;
      case Phase::starting:
        break;
      case Phase::reserved:
      case Phase::restarting:
      case Phase::escalated:
        if (!room_waiters_.empty()) tell_room_waiters();
        if (gate_.park()) return;
        break;
    }
    if (turn.spent() || looks == looks_for_unpublished) {
      turn.schedule(*this);
      return;
    }
    if (looks > 1) relax_cpu();
  }
}

template <class F>
bool Cell::guarded(F&& f) noexcept {
  try {
    f();
    return true;
  } catch (const std::exception& error) {
    record_failure(error.what());
  } catch (...) {
    record_failure("something that is not a std::exception was thrown");
  }
  return false;
}

void Cell::deliver_control(Turn& turn) noexcept {
  const SteadyTime began = executor_->stopwatch();
  handle_requests(turn);
  for (ControlNode* node = control_.take_all(); node != nullptr;) {
    ControlNode& first = *std::exchange(node, node->next);
    if (!guarded([&] { first.deliver(*this); })) on_failure();
    present_trace = 0;
    turn.charge();
  }
  turn.charge();
  const SteadyTime ended = executor_->stopwatch();
  control_is_heavy_ = ended - began >= Turn::heavy_time;
  heavy = control_is_heavy_ || data_is_heavy_;
  turn.observe(began);
  turn.observe(ended);
}

void Cell::handle_requests(Turn& turn) noexcept {
  const std::uint32_t requests = requests_.exchange(0, std::memory_order_acquire);
  if (requests == 0) return;
  if ((requests & requested_start) != 0 && phase_ == Phase::reserved) {
    phase_ = Phase::starting;
    set_state(ActorState::starting);
  }
  if ((requests & requested_alarm) != 0) fire_timers(turn);
  if (phase_ == Phase::dying) return;
  handle_supervision(requests);
  if (phase_ == Phase::dying) return;
  if ((requests & requested_kill) != 0) {
    end(ActorState::stopped);
  } else if ((requests & requested_stop) != 0 && !stopping_) {
    stopping_ = true;
    timers_.clear();
    if (phase_ == Phase::running || phase_ == Phase::starting) {
      set_state(ActorState::stopping);
    } else {
      end(ActorState::stopped);
    }
  }
}

void Cell::fire_timers(Turn& turn) noexcept {
  alarm_set_for_ = SteadyTime::max();
  const SteadyTime now = executor_->steady_now();
  bool fired = true;
  while (fired) {
    fired = false;
    const auto timer = timers_.next_due();
    const auto deadline = deadlines_.next_due();
    TimerQueue& first = timer && (!deadline || *timer <= *deadline) ? timers_ : deadlines_;
    if (!guarded([&] { fired = first.fire_one(now); })) {
      on_failure();
      fired = true;
    }
    present_trace = 0;
    turn.charge();
    if (fired && turn.spent()) {
      request(requested_alarm);  // the rest in a batch of its own
      return;
    }
  }
  (void)guarded([&] { arm_alarm(); });
}

void Cell::arm_alarm() {
  const auto timer = timers_.next_due();
  const auto deadline = deadlines_.next_due();
  if (!timer && !deadline) return;
  const SteadyTime due =
      std::min(timer.value_or(SteadyTime::max()), deadline.value_or(SteadyTime::max()));
  // A later alarm stays as it is: it rings for nothing and is set anew then.
  if (due >= alarm_set_for_) return;
  if (alarm_ == nullptr) alarm_ = executor_->make_alarm(*this);
  alarm_->set(due);
  alarm_set_for_ = due;
}

TimerId Cell::set_timer(Duration delay, Duration period, Callback callback) {
  const SteadyTime due = executor_->steady_now() + within_reason(delay);
  const TimerId id = timers_.set(due, period, std::move(callback));
  arm_alarm();
  return id;
}

TimerId Cell::set_deadline(Duration delay, Callback callback, Errand* of) {
  const SteadyTime due = executor_->steady_now() + within_reason(delay);
  const TimerId id = deadlines_.set(due, Duration::zero(), std::move(callback), of);
  arm_alarm();
  return id;
}

std::uint64_t Cell::random() noexcept {
  return next_random(random_state_);
}

void Cell::bring_up() noexcept {
  alive_ = true;
  phase_ = Phase::running;
  set_state(stopping_ ? ActorState::stopping : ActorState::running);
  if (!guarded([&] { make_actor(*context_); })) {
    on_failure();
    return;
  }
  made_ = true;
  if (std::exchange(children_wait_, false)) request_children(requested_revive);
}

void Cell::work(Turn& turn) noexcept {
  if (!stop_self_ && drain_data(turn) == Drained::failed) on_failure();
  present_trace = 0;
  if (phase_ != Phase::running) return;
  if (stop_self_) {
    end(ActorState::stopped);
    return;
  }
  if (!room_waiters_.empty()) tell_room_waiters();
  if (stopping_) advance_stop();
}

void Cell::advance_stop() noexcept {
  if (!stop_told_) {
    if (!close_if_empty()) return;
    stop_told_ = true;
    if (!guarded([&] { call_on_stop(); })) {
      end(ActorState::stopped);
      return;
    }
  }
  if (holding_stop_ == 0) end(ActorState::stopped);
}

void Cell::record_failure(std::string_view error) {
  set_last_error(error);
  host_.log(LogLevel::error, name_, "A handler failed: " + std::string(error));
}

void Cell::on_failure(Cause cause) noexcept {
  if (phase_ == Phase::dying) return;
  const bool keeps = options_.supervision.on_failure == OnFailure::keep_state && made_;
  RestartPolicy::Decision decision;
  if (keeps || !stopping_) {
    decision = restart_policy_.on_failure(executor_->steady_now(), random());
  }
  if (keeps && !decision.give_up) {
    add_single_writer(restarts_, 1);
    if (std::exchange(children_wait_, false)) request_children(requested_revive);
    return;
  }
  drop_incarnation();
  timers_.clear();
  stop_self_ = false;
  if (stopping_) {
    end(ActorState::stopped);
    return;
  }
  if (decision.give_up) {
    give_up(cause);
    return;
  }
  phase_ = Phase::restarting;
  set_state(ActorState::restarting);
  restart_timer_ = set_deadline(decision.backoff, [this] {
    add_single_writer(restarts_, 1);
    phase_ = Phase::starting;
    set_state(ActorState::starting);
  });
}

void Cell::drop_incarnation() noexcept {
  while (pending_ != nullptr) {
    Errand& errand = *pending_;
    remove_pending(errand);
    errand.abandon();
  }
  made_ = false;
  if (std::exchange(alive_, false)) end_actor();
}

void Cell::end(ActorState final_state) noexcept {
  gate_.close();
  if (alive_ && final_state == ActorState::stopped && !std::exchange(stop_told_, true)) {
    (void)guarded([&] { call_on_stop(); });
  }
  drop_incarnation();
  timers_.clear();
  deadlines_.clear();
  alarm_.reset();
  alarm_set_for_ = SteadyTime::min();  // nothing is armed any more
  final_state_ = final_state;
  phase_ = Phase::dying;
  set_state(final_state);
  request_children(final_state == ActorState::failed ? requested_fall : requested_orphan);
}

bool Cell::bury() noexcept {
  discard_data();
  if (!is_empty()) return false;  // a sender is about to publish what it has reserved
  tell_room_waiters();
  gate_.set_dead();
  discard_control();
  DeathNotice notice{name_, final_state_ == ActorState::failed, {}};
  if (notice.failed) notice.error = last_error();
  for (WatchErrand* watcher : std::exchange(watchers_, {})) watcher->report(notice);
  children_.clear();
  const Ref<Cell> self(this);
  if (Cell* supervisor = this->supervisor()) supervisor->push_control(*new ChildEnded(self));
  // A factory holds addresses, perhaps of those who hold this cell's.
  retire_actor();
  host_.on_dead(*this);
  return true;
}

void Cell::record_sample(Turn& turn, SteadyTime began) {
  const SteadyTime ended = executor_->stopwatch();
  const Duration took = ended - began;
  handling_.record(took);
  const std::int64_t fitting = stride_budget.count() / std::max<std::int64_t>(took.count(), 1);
  sample_countdown_ =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(fitting, 1, longest_stride));
  data_is_heavy_ = took >= Turn::heavy_time;
  slow = took >= Turn::slow_time;
  heavy = control_is_heavy_ || data_is_heavy_;
  turn.observe(began);
  turn.observe(ended);
}

}  // namespace hts::runtime::detail
