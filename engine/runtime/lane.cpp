#include "engine/runtime/lane.hpp"

#include <algorithm>

namespace hts::runtime {

/// A worker of a lane without threads.
class Lane::Seat final : public detail::AlarmTarget, public detail::Task {
 public:
  Seat(Lane& lane, detail::Executor& executor)
      : lane_(lane), executor_(executor), alarm_(executor.make_alarm(*this)) {}

  /// There is work in the lane.
  void wake() noexcept {
    if (!std::exchange(busy_, true)) executor_.schedule(*this);
  }
  [[nodiscard]] bool is_busy() const noexcept { return busy_; }

  void ring() noexcept override { executor_.schedule(*this); }

  void run(detail::Turn&) noexcept override {
    if (job_ == nullptr) {
      job_ = lane_.pop();
      worked_ = false;
      if (job_ == nullptr) {
        busy_ = false;
        return;
      }
    } else if (!worked_) {
      const PortCalls::Scope scope(job_->calls);
      job_->work();
      worked_ = true;
    } else {
      lane_.finish(*std::exchange(job_, nullptr));
    }
    pause();
  }

 private:
  void pause() noexcept {
    const Duration latency = job_ == nullptr ? Duration::zero() : executor_.draw_lane_latency();
    if (latency > Duration::zero()) {
      alarm_->set(executor_.steady_now() + latency);
    } else {
      executor_.schedule(*this);
    }
  }

  Lane& lane_;
  detail::Executor& executor_;
  std::unique_ptr<detail::Alarm> alarm_;
  detail::LaneJob* job_ = nullptr;
  bool busy_ = false;
  bool worked_ = false;
};

Lane::Lane(detail::Executor& executor, std::string name, std::size_t threads, std::size_t capacity)
    : executor_(executor),
      name_(std::move(name)),
      capacity_(std::max<std::size_t>(capacity, 1)),
      thread_count_(std::max<std::size_t>(threads, 1)) {
  if (!executor_.has_threads()) {
    while (seats_.size() < thread_count_) seats_.emplace_back(new Seat(*this, executor_.machine()));
    return;
  }
  threads_.reserve(thread_count_);
  for (std::size_t i = 0; i < thread_count_; ++i) {
    threads_.emplace_back([this] { run_thread(); });
  }
}

Lane::~Lane() {
  close();
  join();
}

LaneSnapshot Lane::snapshot() const {
  const std::lock_guard lock(mutex_);
  LaneSnapshot snapshot{name_, thread_count_, depth_, capacity_, done_, rejected_};
  snapshot.running = running_since_.size();
  if (!running_since_.empty()) {
    const auto oldest = *std::min_element(running_since_.begin(), running_since_.end());
    snapshot.oldest_running = std::max(executor_.stopwatch() - oldest, Duration::zero());
  }
  return snapshot;
}

bool Lane::is_idle() const {
  const std::lock_guard lock(mutex_);
  return depth_ == 0 && running_since_.empty();
}

void Lane::submit(detail::LaneJob& job) noexcept {
  executor_.begin_job(job);
  if (executor_.keep_job(job)) return;
  bool was_closed = false;
  {
    std::unique_lock lock(mutex_);
    was_closed = closed_;
    if (!closed_ && depth_ < capacity_) {
      job.next_in_lane = nullptr;
      (last_ == nullptr ? first_ : last_->next_in_lane) = &job;
      last_ = &job;
      ++depth_;
      if (!threads_.empty()) {
        lock.unlock();
        detail::Turn* const turn = detail::Turn::current();
        if (turn == nullptr || !turn->wakes_later(*this)) wake();
        return;
      }
      const auto idle = std::find_if(seats_.begin(), seats_.end(),
                                     [](const auto& seat) { return !seat->is_busy(); });
      if (idle != seats_.end()) (*idle)->wake();
      return;
    }
    ++rejected_;
  }
  send_back(job, was_closed ? "The engine is stopping: try again once it is back."
                            : "Too much work waits for '" + name_ + "' (" +
                                  std::to_string(capacity_) + " jobs): try again later.");
}

void Lane::send_back(detail::LaneJob& job, std::string why) noexcept {
  job.refusal = result::make_error(result::ErrorCode::unavailable, std::move(why));
  job.refuse(*job.refusal);
  executor_.end_job(job);
}

void Lane::close() noexcept {
  detail::LaneJob* waiting = nullptr;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting = std::exchange(first_, nullptr);
    last_ = nullptr;
    depth_ = 0;
    has_work_.notify_all();
  }
  while (waiting != nullptr) {
    detail::LaneJob& job = *std::exchange(waiting, waiting->next_in_lane);
    send_back(job, "The engine is stopping: try again once it is back.");
  }
}

void Lane::join() noexcept {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

detail::LaneJob* Lane::pop_locked() noexcept {
  detail::LaneJob* job = first_;
  if (job == nullptr) return nullptr;
  first_ = job->next_in_lane;
  if (first_ == nullptr) last_ = nullptr;
  --depth_;
  job->began = executor_.stopwatch();
  running_since_.push_back(job->began);
  return job;
}

void Lane::run_thread() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    has_work_.wait(lock, [this] { return closed_ || first_ != nullptr; });
    detail::LaneJob* job = pop_locked();
    if (job == nullptr) return;
    lock.unlock();
    {
      const PortCalls::Scope scope(job->calls);
      job->work();
    }
    finish(*job);
    lock.lock();
  }
}

detail::LaneJob* Lane::pop() noexcept {
  const std::lock_guard lock(mutex_);
  return pop_locked();
}

void Lane::finish(detail::LaneJob& job) noexcept {
  const SteadyTime began = job.began;  // the job is gone once it is home
  executor_.end_job(job);
  {
    const std::lock_guard lock(mutex_);
    running_since_.erase(std::find(running_since_.begin(), running_since_.end(), began));
    ++done_;
  }
  executor_.notify();
}

}  // namespace hts::runtime
