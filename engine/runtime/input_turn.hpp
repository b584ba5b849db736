#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/runtime/clock.hpp"
#include "engine/runtime/turn.hpp"

namespace hts::runtime::detail {

/// The tasks of sequenced actors: first in, first out, on one thread at a time, at the time of the
/// input that they work on.
class InputTurn {
 public:
  void add(Task& task) noexcept {
    task.next_in_turn = nullptr;
    (last_ == nullptr ? first_ : last_->next_in_turn) = &task;
    last_ = &task;
  }

  /// Runs `enter` and then tasks until none is left. What is left after `longest` tasks waits for
  /// the next input: two actors that never stop answering each other must not keep out the rest.
  template <class F>
  void work(Executor& executor, F&& enter) {
    {
      Turn turn(executor, Turn::Queueing::counted);
      enter();
    }
    for (std::size_t left = longest; left > 0 && first_ != nullptr; --left) {
      Task* task = first_;
      first_ = task->next_in_turn;
      if (first_ == nullptr) last_ = nullptr;
      Turn turn(executor, Turn::Queueing::counted);
      task->run(turn);
    }
  }

  [[nodiscard]] bool has_tasks() const noexcept { return first_ != nullptr; }

  Timestamp now{};
  SteadyTime steady_now{};
  std::uint64_t jobs = 0;  ///< lane jobs submitted so far

 private:
  static constexpr std::size_t longest = 1'000'000;

  Task* first_ = nullptr;
  Task* last_ = nullptr;
};

}  // namespace hts::runtime::detail
