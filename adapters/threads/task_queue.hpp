#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hts::threads {

/// Threads that do tasks one after the other, in order of their arrival: for calls that may block
/// and that nobody may wait for in place. Thread-safe.
class TaskQueue {
 public:
  using Task = std::function<void()>;

  explicit TaskQueue(std::size_t threads);
  /// Stops, however long it takes.
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  /// What a task throws ends the task alone. False, and the task is gone, once it has stopped.
  bool post(Task task);
  /// Those that no thread has begun.
  [[nodiscard]] std::size_t waiting() const;
  /// What waits is dropped, what runs is waited for; false when that takes longer. Nothing is begun
  /// from now on. Not from a task.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience);

 private:
  void serve();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::size_t running_ = 0;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hts::threads
