#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/runtime/clock.hpp"

namespace hts::runtime::detail {

class Executor;
class Turn;

/// Something that an executor runs once for each time it was scheduled. Never scheduled twice
/// before it ran, so one block of memory inside it is enough for the executor's book-keeping.
class Task {
 public:
  virtual void run(Turn& turn) noexcept = 0;

  /// For the executor: where its queue entry lives while the task waits.
  static constexpr std::size_t entry_size = 128;
  alignas(std::max_align_t) std::byte queue_entry[entry_size];

 protected:
  ~Task() = default;
};

/// One stretch of work of a worker thread: at most 256 messages and about 50 µs, then the worker
/// looks at everything else that waits (sockets, timers, other actors).
///
/// A turn follows a chain: when the running actor woke exactly one other, that one runs next on
/// the same thread within the same turn, without a trip through the shared queue. As soon as it
/// woke two, or the turn is spent, what is waiting goes to the shared queue, where idle workers
/// find it. So an actor that is flooded, or a pair that plays ping-pong, holds others up by one
/// turn at most.
class Turn {
 public:
  static constexpr std::uint32_t message_budget = 256;
  static constexpr Duration time_budget = std::chrono::microseconds{50};

  enum class Chaining { follow, never };

  Turn(Executor& executor, Chaining chaining) noexcept
      : executor_(executor), before_(current_), chaining_(chaining == Chaining::follow) {
    current_ = this;
  }
  ~Turn() { current_ = before_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// The turn that this thread is in, or null.
  [[nodiscard]] static Turn* current() noexcept { return current_; }

  [[nodiscard]] Executor& executor() const noexcept { return executor_; }

  /// Schedules a task that was woken during this turn.
  void schedule(Task& task) noexcept {
    if (chaining_ && next_ == nullptr && !spilled_) {
      next_ = &task;
    } else {
      spill(task);
    }
  }

  /// Puts the running task at the end of the shared queue: it has more to do.
  void yield(Task& task) noexcept { spill(task); }

  /// The next task of the chain, or null when the turn is over.
  [[nodiscard]] Task* take_next() noexcept {
    if (next_ == nullptr) return nullptr;
    if (spent()) {
      spill_next();
      return nullptr;
    }
    Task* task = next_;
    next_ = nullptr;
    return task;
  }

  [[nodiscard]] bool spent() const noexcept { return messages_left == 0; }

  /// Tells the turn what time it is; it is spent once its time budget is used up.
  void observe(SteadyTime now) noexcept {
    if (began_ == SteadyTime{}) {
      began_ = now;
    } else if (now - began_ >= time_budget) {
      messages_left = 0;
    }
  }

  std::uint32_t messages_left = message_budget;

 private:
  void spill(Task& task) noexcept;
  void spill_next() noexcept;

  static constinit inline thread_local Turn* current_ = nullptr;

  Executor& executor_;
  Turn* before_;
  Task* next_ = nullptr;
  bool chaining_;
  bool spilled_ = false;
  SteadyTime began_{};
};

}  // namespace hts::runtime::detail
