#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/runtime/clock.hpp"

namespace hts::runtime {
class Lane;
}

namespace hts::runtime::detail {

class Executor;
class Turn;

/// Something that an executor runs once for each time it was scheduled. Never scheduled twice
/// before it ran, so the executor's book-keeping of it fits inside it.
class Task {
 public:
  virtual void run(Turn& turn) noexcept = 0;

  /// It runs long (or nobody knows yet): what waits behind it had better find another worker.
  bool heavy = true;
  /// One message took it so long lately that a visitor has no time for it.
  bool slow = false;
  Task* next_in_turn = nullptr;

  /// For the executor: where its queue entry lives while the task waits.
  static constexpr std::size_t entry_size = 128;
  alignas(std::max_align_t) std::byte queue_entry[entry_size];

 protected:
  ~Task() = default;
};

/// One stretch of work of a worker thread, up to about 100 µs, between two looks at the shared
/// queue, the sockets and the timers.
///
/// 1. Tasks woken or yielding during the turn queue up in it, first in, first out, and run on the
///    same thread without a trip through the shared queue: light actors that talk to each other
///    stay on one core and wake nobody.
/// 2. Each task runs for one batch: at most 256 messages and about 50 µs. So a flooded actor
///    delays another one by one batch at most.
/// 3. What is left goes to the shared queue, in order, as soon as the turn is over (its time, or
///    4,096 messages), as soon as anything waits in the shared queue, or behind a heavy task. So
///    work spreads over the workers whenever there is enough of it to be worth waking one.
///
/// Belongs to the thread that made it.
class Turn {
 public:
  static constexpr std::uint32_t batch_messages = 256;
  static constexpr Duration batch_time = std::chrono::microseconds{50};
  static constexpr std::uint32_t turn_messages = 4096;
  static constexpr Duration turn_time = std::chrono::microseconds{100};
  /// A task that takes longer than this for one message is heavy.
  static constexpr Duration heavy_time = std::chrono::microseconds{10};
  /// One that takes longer is slow.
  static constexpr Duration slow_time = std::chrono::milliseconds{1};

  enum class Queueing {
    inside,    ///< as above
    visiting,  ///< as above, on a thread that is no worker: what waits for workers is left to them
    shared,    ///< everything goes to the executor's queue, which decides the order
    counted,   ///< as shared, and only messages use it up: what runs must not depend on a clock
  };

  Turn(Executor& executor, Queueing queueing) noexcept
      : executor_(executor), before_(current_), queueing_(queueing) {
    current_ = this;
  }
  /// What is still queued inside goes to the shared queue.
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// The turn that this thread is in, or null.
  [[nodiscard]] static Turn* current() noexcept { return current_; }

  [[nodiscard]] Executor& executor() const noexcept { return executor_; }

  /// Schedules a task that was woken during this turn, or the running one that has more to do.
  void schedule(Task& task) noexcept {
    const bool stays =
        queueing_ == Queueing::inside || (queueing_ == Queueing::visiting && !task.slow);
    if (!stays) {
      to_shared(task);
      return;
    }
    task.next_in_turn = nullptr;
    (last_ == nullptr ? first_ : last_->next_in_turn) = &task;
    last_ = &task;
  }

  /// True: the lane's thread is woken when this visit is over. To wake it now would cost the actors
  /// that run here a system call, and perhaps their processor. False: wake it now, since this is no
  /// visit, or too many wait already.
  [[nodiscard]] bool wakes_later(Lane& lane) noexcept;

  /// The task to run next, with a fresh batch; null when the turn is over.
  [[nodiscard]] Task* next() noexcept;

  /// The running task's batch is used up.
  [[nodiscard]] bool spent() const noexcept { return messages_left == 0; }
  void charge() noexcept {
    if (messages_left > 0) --messages_left;
  }

  /// Tells the turn what time it is.
  void observe(SteadyTime now) noexcept {
    if (queueing_ == Queueing::counted) return;
    if (turn_began_ == SteadyTime{}) turn_began_ = now;
    if (batch_began_ == SteadyTime{}) batch_began_ = now;
    if (now - batch_began_ >= batch_time) messages_left = 0;
    if (now - turn_began_ >= turn_time) over_ = true;
  }

  std::uint32_t messages_left = batch_messages;

 private:
  void to_shared(Task& task) noexcept;
  void spill() noexcept;
  void share_rest() noexcept;

  static constinit inline thread_local Turn* current_ = nullptr;

  Executor& executor_;
  Turn* const before_;
  const Queueing queueing_;
  bool over_ = false;
  std::uint32_t turn_messages_left_ = turn_messages;
  Task* first_ = nullptr;
  Task* last_ = nullptr;
  SteadyTime turn_began_{};
  SteadyTime batch_began_{};
  std::array<Lane*, 8> to_wake_;  // one an entry: a lane stands here once for each of its jobs
  std::size_t lanes_to_wake_ = 0;
};

}  // namespace hts::runtime::detail
