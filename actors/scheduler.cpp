#include "actors/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hts::actors {
namespace {

/// The client's own deadline ends its wait earlier; this one only keeps a lost worker from holding
/// its place for ever.
constexpr std::chrono::hours run_deadline{24};

/// Errors that say something about the request, not about the daemon.
bool is_clients_mistake(result::ErrorCode code) {
  using enum result::ErrorCode;
  return code == malformed || code == unknown_symbol || code == invalid || code == not_found ||
         code == cancelled;
}

result::Error no_queue() {
  return result::make_error(result::ErrorCode::unavailable,
                            "This daemon keeps no jobs yet: send the request to "
                            "/api/backtests/run.");
}

}  // namespace

Scheduler::Scheduler(runtime::Context& context, Ports ports)
    : context_(context), ports_(std::move(ports)), running_(ports_.workers.size()) {
  for (std::size_t worker = ports_.workers.size(); worker-- > 0;) idle_.push_back(worker);
  status_.queue_capacity = ports_.queue_capacity;
  status_.workers = ports_.workers.size();
}

void Scheduler::on_stop() {
  const auto stopping = [] {
    return result::make_error(result::ErrorCode::unavailable,
                              "The daemon is stopping: send the request again once it is back.");
  };
  for (auto& waiting : queue_) waiting.submitted.reply(stopping());
  queue_.clear();
  for (Running& running : running_) {
    if (!running.cancelled) continue;
    running.cancelled->store(true, std::memory_order_relaxed);
    running.reply(stopping());
  }
}

void Scheduler::on(runtime::Request<SubmitBacktest>& request) {
  if (idle_.empty() && queue_.size() >= ports_.queue_capacity) {
    ++status_.rejected;
    request.reply(result::make_error(result::ErrorCode::unavailable,
                                     "The queue is full (" + std::to_string(queue_.size()) +
                                         " backtests wait): try again later."));
    return;
  }
  const auto deadline = context_.steady_now() + request.query.time_limit;
  const std::uint64_t number = ++last_number_;
  context_.when_unwanted(request.reply, [this, number] { drop(number); });
  queue_.push_back({number, std::move(request), deadline});
  dispatch();
}

void Scheduler::on(runtime::Request<SubmitJob>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<FindJob>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<ListJobs>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<CancelJob>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<RetryJob>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<RequeueDeadLetters>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<DropDeadLetters>& request) {
  request.reply(no_queue());
}

void Scheduler::on(runtime::Request<SetQueuePaused>& request) {
  request.reply(no_queue());
}

void Scheduler::on(const ports::JobSignal&) {}

void Scheduler::on(runtime::Request<GetSchedulerStatus>& request) {
  status_.queued = queue_.size();
  status_.running = ports_.workers.size() - idle_.size();
  request.reply(status_);
}

void Scheduler::dispatch() {
  while (!idle_.empty() && !queue_.empty()) {
    auto [number, next, deadline] = std::move(queue_.front());
    queue_.pop_front();
    const time::Duration left = deadline - context_.steady_now();
    if (left <= time::Duration::zero()) {
      ++status_.failed;
      next.reply(result::make_error(result::ErrorCode::timed_out,
                                    "The backtest waited in the queue for longer than its time "
                                    "limit: try again later or allow more time."));
      continue;
    }
    const std::size_t worker = idle_.back();
    idle_.pop_back();
    auto cancelled = std::make_shared<std::atomic<bool>>(false);
    const auto time_limit =
        context_.after(left, [cancelled] { cancelled->store(true, std::memory_order_relaxed); });
    running_[worker] = {number, cancelled, std::move(next.reply), time_limit};
    context_.ask(
        ports_.workers[worker], RunBacktest{next.query.request, cancelled}, run_deadline,
        [this, worker](result::Result<SharedRun> outcome) { finish(worker, std::move(outcome)); });
  }
}

void Scheduler::drop(std::uint64_t number) {
  const auto waiting = std::find_if(queue_.begin(), queue_.end(),
                                    [&](const Waiting& one) { return one.number == number; });
  if (waiting != queue_.end()) {
    ++status_.failed;
    queue_.erase(waiting);
    return;
  }
  for (Running& running : running_) {
    if (running.number == number && running.cancelled) {
      running.cancelled->store(true, std::memory_order_relaxed);
    }
  }
}

void Scheduler::finish(std::size_t worker, result::Result<SharedRun> outcome) {
  runtime::ReplyTo<SharedRun> reply = std::move(running_[worker].reply);
  running_[worker].cancelled.reset();
  (void)context_.cancel(running_[worker].time_limit);
  idle_.push_back(worker);
  if (outcome) {
    ++status_.completed;
  } else {
    ++status_.failed;
    if (!is_clients_mistake(outcome.error().code)) {
      const auto sent = ports_.notifier.tell(Notice{
          Severity::critical, "job_failed", "A backtest failed: " + outcome.error().message});
      if (sent != runtime::SendResult::accepted) {
        context_.log(runtime::LogLevel::warning,
                     "The notifier's mailbox is full; a notice was dropped.");
      }
    }
  }
  reply(std::move(outcome));
  dispatch();
}

}  // namespace hts::actors
