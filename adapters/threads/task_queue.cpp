#include "adapters/threads/task_queue.hpp"

#include <utility>

namespace hts::threads {

TaskQueue::TaskQueue(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

TaskQueue::~TaskQueue() {
  (void)stop({});
  for (std::thread& thread : threads_) thread.join();
}

bool TaskQueue::post(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_stopping_) return false;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

std::size_t TaskQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return tasks_.size();
}

bool TaskQueue::stop(std::chrono::milliseconds patience) {
  std::deque<Task> dropped;
  std::unique_lock lock(mutex_);
  is_stopping_ = true;
  dropped.swap(tasks_);
  changed_.notify_all();
  const bool is_quiet = changed_.wait_for(lock, patience, [this] { return running_ == 0; });
  // What a task holds may call back when it is dropped.
  lock.unlock();
  return is_quiet;
}

void TaskQueue::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || !tasks_.empty(); });
    if (is_stopping_) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    ++running_;
    lock.unlock();
    try {
      task();
    } catch (...) {  // NOLINT(bugprone-empty-catch): whoever waits for it hears by its destruction
    }
    task = nullptr;
    lock.lock();
    --running_;
    if (is_stopping_) changed_.notify_all();
  }
}

}  // namespace hts::threads
