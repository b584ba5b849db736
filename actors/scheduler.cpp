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
  if (ports_.jobs.store == nullptr) return;
  JobDeskPorts desk_ports = ports_.jobs;
  desk_ports.notifier = ports_.notifier;
  desk_.emplace(
      context_, std::move(desk_ports), ports_.workers, [this] { dispatch(); },
      [this](std::size_t worker) {
        idle_.push_back(worker);
        dispatch();
      });
}

void Scheduler::on_start() {
  if (desk_) {
    desk_->start();
    desk_->set_idle(idle_.size());
  }
}

void Scheduler::on_stop() {
  const auto stopping = [] {
    return result::make_error(result::ErrorCode::unavailable,
                              "The daemon is stopping: send the request again once it is back.");
  };
  for (auto& waiting : queue_) waiting.submitted.reply(stopping());
  queue_.clear();
  for (std::size_t worker = 0; worker < running_.size(); ++worker) {
    Running& running = running_[worker];
    if (!running.cancelled) continue;
    stop_work(worker, running.cancelled);
    running.reply(stopping());
  }
  if (desk_) desk_->stop();
}

template <class Query>
void Scheduler::at_desk(runtime::Request<Query>& request,
                        void (JobDesk::*take)(runtime::Request<Query>& request)) {
  if (desk_) {
    ((*desk_).*take)(request);
  } else {
    request.reply(no_queue());
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
  at_desk(request, &JobDesk::submit);
}

void Scheduler::on(runtime::Request<FindJob>& request) {
  at_desk(request, &JobDesk::find);
}

void Scheduler::on(runtime::Request<ListJobs>& request) {
  at_desk(request, &JobDesk::list);
}

void Scheduler::on(runtime::Request<CancelJob>& request) {
  at_desk(request, &JobDesk::cancel);
}

void Scheduler::on(runtime::Request<RetryJob>& request) {
  at_desk(request, &JobDesk::retry);
}

void Scheduler::on(runtime::Request<RequeueDeadLetters>& request) {
  at_desk(request, &JobDesk::requeue);
}

void Scheduler::on(runtime::Request<DropDeadLetters>& request) {
  at_desk(request, &JobDesk::drop);
}

void Scheduler::on(runtime::Request<SetQueuePaused>& request) {
  at_desk(request, &JobDesk::pause);
}

void Scheduler::on(const ports::JobSignal& signal) {
  if (desk_) desk_->hear(signal);
}

void Scheduler::on(runtime::Request<PrepareToStop>& request) {
  if (desk_) {
    desk_->prepare_to_stop(request);
  } else {
    request.reply(result::Nothing{});
  }
}

void Scheduler::on(runtime::Request<GetSchedulerStatus>& request) {
  status_.queued = queue_.size();
  const std::size_t jobs = desk_ ? desk_->running() : 0;
  status_.running = ports_.workers.size() - idle_.size() - jobs;
  if (desk_) desk_->write_to(status_);
  request.reply(status_);
}

void Scheduler::dispatch() {
  while (!idle_.empty()) {
    const bool job_waits = desk_ && desk_->has_waiting();
    if (!queue_.empty() && !(job_waits && !job_was_last_)) {
      job_was_last_ = false;
      start_backtest();
    } else if (job_waits) {
      job_was_last_ = true;
      const std::size_t worker = idle_.back();
      idle_.pop_back();
      desk_->start_next(worker);
    } else {
      break;
    }
  }
  if (desk_) desk_->set_idle(idle_.size());
}

void Scheduler::start_backtest() {
  auto [number, next, deadline] = std::move(queue_.front());
  queue_.pop_front();
  const time::Duration left = deadline - context_.steady_now();
  if (left <= time::Duration::zero()) {
    ++status_.failed;
    next.reply(result::make_error(result::ErrorCode::timed_out,
                                  "The backtest waited in the queue for longer than its time "
                                  "limit: try again later or allow more time."));
    return;
  }
  const std::size_t worker = idle_.back();
  idle_.pop_back();
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  const auto time_limit =
      context_.after(left, [this, worker, cancelled] { stop_work(worker, cancelled); });
  running_[worker] = {number, cancelled, std::move(next.reply), time_limit};
  context_.ask(
      ports_.workers[worker], RunBacktest{next.query.request, cancelled}, run_deadline,
      [this, worker](result::Result<SharedRun> outcome) { finish(worker, std::move(outcome)); });
}

void Scheduler::drop(std::uint64_t number) {
  const auto waiting = std::find_if(queue_.begin(), queue_.end(),
                                    [&](const Waiting& one) { return one.number == number; });
  if (waiting != queue_.end()) {
    ++status_.failed;
    queue_.erase(waiting);
    return;
  }
  for (std::size_t worker = 0; worker < running_.size(); ++worker) {
    const Running& running = running_[worker];
    if (running.number == number && running.cancelled) stop_work(worker, running.cancelled);
  }
}

void Scheduler::stop_work(std::size_t worker, const std::shared_ptr<std::atomic<bool>>& cancelled) {
  cancelled->store(true, std::memory_order_relaxed);
  // A mailbox that is full costs the time that the storage takes, nothing else.
  (void)ports_.workers[worker].tell(StopWaiting{});
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
