#include "adapters/threads/worker_pool.hpp"

#include <algorithm>

namespace hts::threads {

WorkerPool::WorkerPool(std::size_t count) {
  if (count == 0) count = std::max(std::thread::hardware_concurrency(), 1U);
  for (std::size_t worker = 1; worker < count; ++worker) {
    threads_.emplace_back([this, worker] { serve(worker); });
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  begun_.notify_all();
  for (auto& thread : threads_) thread.join();
}

backtest::Workers WorkerPool::workers() {
  return {count(),
          [this](std::size_t tasks, const backtest::Workers::Task& work) { run(tasks, work); }};
}

void WorkerPool::run(std::size_t tasks, const backtest::Workers::Task& work) {
  std::unique_lock lock{mutex_};
  work_ = &work;
  next_ = 0;
  tasks_ = tasks;
  if (tasks > 1) begun_.notify_all();
  take_tasks(lock, 0);
  ended_.wait(lock, [this] { return running_ == 0; });
}

void WorkerPool::serve(std::size_t worker) {
  std::unique_lock lock{mutex_};
  for (;;) {
    begun_.wait(lock, [this] { return closing_ || next_ < tasks_; });
    if (closing_) return;
    take_tasks(lock, worker);
  }
}

void WorkerPool::take_tasks(std::unique_lock<std::mutex>& lock, std::size_t worker) {
  while (next_ < tasks_) {
    const std::size_t task = next_++;
    ++running_;
    lock.unlock();
    (*work_)(task, worker);
    lock.lock();
    --running_;
  }
  if (running_ == 0) ended_.notify_one();
}

}  // namespace hts::threads
