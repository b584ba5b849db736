#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "engine/runtime/executor.hpp"
#include "engine/runtime/log.hpp"

namespace hts::runtime::detail {

/// The executor of production: worker threads that run one io_context, which also serves the
/// sockets of adapters.
///
/// No asio strand is needed: a cell is never scheduled twice (see Gate), so its tasks never
/// overlap. A scheduled task's queue entry lives inside the task. Tasks scheduled by a worker use
/// `defer` (found when the worker's present handler returns), others `post` (wakes a worker).
class AsioExecutor final : public Executor {
 public:
  /// `complain` is called with what adapters' handlers throw.
  AsioExecutor(std::size_t threads, std::function<void(std::string_view)> complain);
  ~AsioExecutor() override;

  [[nodiscard]] Timestamp now() const noexcept override;
  [[nodiscard]] SteadyTime steady_now() const noexcept override;
  void schedule(Task& task) noexcept override;
  void share(Task& task) noexcept override;
  [[nodiscard]] bool has_shared_work() const noexcept override {
    return waiting_.load(std::memory_order_relaxed) > 0;
  }
  [[nodiscard]] std::unique_ptr<Alarm> make_alarm(AlarmTarget& target) override;
  [[nodiscard]] bool has_threads() const noexcept override { return true; }
  void start() override;
  void stop() noexcept override;
  bool wait(const std::function<bool()>& done, SteadyTime deadline) override;
  void notify() noexcept override;
  [[nodiscard]] boost::asio::io_context* io() noexcept override { return &io_; }
  [[nodiscard]] std::span<const Beat> beats() const noexcept override {
    return {beats_.get(), thread_count_ + 1};
  }
  [[nodiscard]] Beat* visitor_beat() noexcept override { return &beats_[thread_count_]; }

 private:
  struct Entry;

  void run_task(Task& task) noexcept;
  void run_worker(Beat& beat) noexcept;

  const std::size_t thread_count_;
  const std::function<void(std::string_view)> complain_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  alignas(64) std::atomic<std::int64_t> waiting_{0};  // tasks in the queue
  const std::unique_ptr<Beat[]> beats_;               // one a thread, then the visitor's
  std::vector<std::thread> threads_;
  std::mutex wait_mutex_;
  std::condition_variable changed_;
};

}  // namespace hts::runtime::detail
