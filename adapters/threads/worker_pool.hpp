#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/backtest/control/workers.hpp"

namespace hts::threads {

/// Threads for computations that the engine splits into tasks: the caller's own and `count - 1`
/// more, which wait between runs. Tasks are handed out one by one, so that a slow one holds nobody
/// up. Used by one thread at a time.
class WorkerPool {
 public:
  /// 0 is as many as the machine has cores.
  explicit WorkerPool(std::size_t count = 0);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  [[nodiscard]] std::size_t count() const noexcept { return threads_.size() + 1; }
  /// The engine's view of it; the pool must outlive it.
  [[nodiscard]] backtest::Workers workers();

 private:
  void run(std::size_t tasks, const backtest::Workers::Task& work);
  void serve(std::size_t worker);
  /// Takes tasks of the run until none is left. Requires the lock, and has it again at the end.
  void take_tasks(std::unique_lock<std::mutex>& lock, std::size_t worker);

  std::mutex mutex_;
  std::condition_variable begun_;
  std::condition_variable ended_;
  const backtest::Workers::Task* work_ = nullptr;  ///< of the present run
  std::size_t next_ = 0;                           ///< task to hand out
  std::size_t tasks_ = 0;
  std::size_t running_ = 0;  ///< tasks handed out and not finished
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hts::threads
