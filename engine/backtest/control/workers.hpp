#pragma once

#include <cstddef>
#include <functional>

namespace hts::backtest {

/// How work is spread over threads. The engine starts none: who calls brings them.
struct Workers {
  /// Called with a task (0 .. tasks-1) and the worker (0 .. count-1) that does it.
  using Task = std::function<void(std::size_t task, std::size_t worker)>;

  std::size_t count = 1;
  /// Calls `work` once for each task, in any order, a worker with one task at a time, and returns
  /// when all are done. Worker 0 is the calling thread. `work` does not throw.
  std::function<void(std::size_t tasks, const Task& work)> run;
};

/// All tasks in order on the calling thread.
[[nodiscard]] inline Workers one_worker() {
  return {1, [](std::size_t tasks, const Workers::Task& work) {
            for (std::size_t task = 0; task < tasks; ++task) work(task, 0);
          }};
}

}  // namespace hts::backtest
