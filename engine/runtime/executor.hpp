#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "engine/runtime/beat.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/ref.hpp"
#include "engine/runtime/turn.hpp"

namespace boost::asio {
class io_context;
}

/// The seam between actors and the machine: everything that decides when something runs and what
/// time it is. Actors, mailboxes, timers and supervision stand on this and on nothing else, so the
/// same actors run on worker threads (`AsioExecutor`) or on one thread in virtual time
/// (`simulation::ManualExecutor`).
namespace hts::runtime::detail {

class Cell;
class LaneJob;

/// What an alarm wakes.
class AlarmTarget : public RefCounted {
 public:
  /// On any thread that runs the executor, outside of turns.
  virtual void ring() noexcept = 0;
  /// Of the actor that it wakes; 0: of nobody.
  [[nodiscard]] virtual std::uint64_t alarm_owner() const noexcept { return 0; }
};

/// One alarm clock of one owner; set and disarmed on the owner's turns. It may ring once more
/// after it was set anew.
class Alarm {
 public:
  virtual ~Alarm() = default;
  virtual void set(SteadyTime when) = 0;
  virtual void disarm() noexcept = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;

  [[nodiscard]] virtual Timestamp now() const noexcept = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const noexcept = 0;

  /// Puts a task at the end of the queue. Any thread; never allocates. From a thread outside it
  /// wakes a worker; from a worker it is cheap, and the task is found when the worker's present
  /// turn ends.
  virtual void schedule(Task& task) noexcept = 0;

  /// As schedule, but another worker finds the task at once, and is woken for it: the caller is
  /// about to be busy.
  virtual void share(Task& task) noexcept = 0;
  /// True while scheduled tasks wait in the queue; a hint, a moment late at most.
  [[nodiscard]] virtual bool has_shared_work() const noexcept = 0;

  /// The alarm keeps its target alive while it is set.
  [[nodiscard]] virtual std::unique_ptr<Alarm> make_alarm(AlarmTarget& target) = 0;

  /// False: nothing may start a thread; lanes do their work as tasks.
  [[nodiscard]] virtual bool has_threads() const noexcept = 0;

  /// Without threads: how long a lane's worker takes to begin, and again to report, drawn anew at
  /// each call. Zero: at once, as two tasks.
  [[nodiscard]] virtual Duration draw_lane_latency() noexcept { return Duration::zero(); }

  virtual void start() = 0;
  /// Joins the threads, each after the turn it is in. From then on `wait` runs what is queued on
  /// the calling thread.
  virtual void stop() noexcept = 0;

  /// Returns true as soon as `done` holds, false when `deadline` passed before. Not from a turn.
  virtual bool wait(const std::function<bool()>& done, SteadyTime deadline) = 0;
  /// Something that `wait` may be waiting for has changed.
  virtual void notify() noexcept = 0;

  /// What the worker threads do, and who visits; empty without threads.
  [[nodiscard]] virtual std::span<const Beat> beats() const noexcept { return {}; }
  /// For one thread at a time that is no worker and runs a turn; null: none may.
  [[nodiscard]] virtual Beat* visitor_beat() noexcept { return nullptr; }

  /// For adapters' sockets; null when there is none.
  [[nodiscard]] virtual boost::asio::io_context* io() noexcept { return nullptr; }

  /// A clock that runs while actors work; for figures, never for what actors do.
  [[nodiscard]] virtual SteadyTime stopwatch() const noexcept { return steady_now(); }

  // --- how things from outside enter; sequenced executors (see Recorder) put them in a queue ---

  [[nodiscard]] virtual bool is_sequenced() const noexcept { return false; }
  /// The calling thread runs observing work (see Runtime::observe).
  [[nodiscard]] virtual bool is_observing() const noexcept { return false; }
  /// The executor that has the threads: itself, or the one below.
  [[nodiscard]] virtual Executor& machine() noexcept { return *this; }
  /// The cell's alarm rang.
  virtual void ring(Cell& cell) noexcept;
  /// The job is about to be given to a lane, on its owner's turn.
  virtual void begin_job(LaneJob&) noexcept {}
  /// True: the executor keeps the job and runs it when it thinks fit.
  [[nodiscard]] virtual bool keep_job(LaneJob&) noexcept { return false; }
  /// The job is done, or refused, and shall come home.
  virtual void end_job(LaneJob& job) noexcept;
  virtual void enter(std::unique_ptr<OutsideWork> work) { work->run(); }
  /// As enter, unless `most_waiting` inputs wait already; then false, and `work` is untouched.
  [[nodiscard]] virtual bool try_enter(std::unique_ptr<OutsideWork>& work, std::size_t) {
    work->run();
    return true;
  }
  virtual void observe(std::unique_ptr<OutsideWork> work) { work->run(); }
  virtual void command(std::string_view, std::string_view) noexcept {}
};

}  // namespace hts::runtime::detail
