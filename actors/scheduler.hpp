#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "actors/job_desk.hpp"
#include "actors/messages.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Accepts work and hands it to idle workers: backtests whose client waits for the answer, in a
/// bounded queue in order of arrival, and durable jobs (JobDesk).
///
/// Takes: SubmitBacktest, the messages of jobs, GetSchedulerStatus, PrepareToStop.
/// Promises: every accepted request is answered once; a request over the queue's capacity is
/// refused at once with `unavailable`. A run is cancelled, or not even started, once its time limit
/// is over or nobody waits for it any more. When the actor stops, queued and running requests are
/// answered `unavailable` at once and what runs is cancelled; a run that was already being stored
/// may still appear in the history. A failed run is told to the notifier unless the request itself
/// was wrong.
/// Jobs: what JobDesk promises. Requests with a waiting client and jobs take turns on the workers
/// when both wait. A stop cancels the jobs that run and gives them back; it ends once the store has
/// taken that.
class Scheduler : public runtime::Actor<Scheduler, SchedulerProtocol> {
 public:
  struct Ports {
    std::vector<runtime::Address<BacktestWorkerProtocol>> workers;
    runtime::Address<NotifierProtocol> notifier;
    std::size_t queue_capacity = 64;
    JobDeskPorts jobs = {};  ///< without a store: jobs are refused
  };

  Scheduler(runtime::Context& context, Ports ports);

  void on_start();
  void on_stop();
  void on(runtime::Request<SubmitBacktest>& request);
  void on(runtime::Request<SubmitJob>& request);
  void on(runtime::Request<FindJob>& request);
  void on(runtime::Request<ListJobs>& request);
  void on(runtime::Request<CancelJob>& request);
  void on(runtime::Request<RetryJob>& request);
  void on(runtime::Request<RequeueDeadLetters>& request);
  void on(runtime::Request<DropDeadLetters>& request);
  void on(runtime::Request<SetQueuePaused>& request);
  void on(runtime::Request<GetSchedulerStatus>& request);
  void on(const ports::JobSignal& signal);
  void on(runtime::Request<PrepareToStop>& request);

 private:
  struct Waiting {
    std::uint64_t number;
    runtime::Request<SubmitBacktest> submitted;
    runtime::SteadyTime deadline;
  };
  /// A request that a worker computes.
  struct Running {
    std::uint64_t number = 0;
    std::shared_ptr<std::atomic<bool>> cancelled;
    runtime::ReplyTo<SharedRun> reply;
    runtime::TimerId time_limit;
  };

  void dispatch();
  /// The first of the queue, on an idle worker, unless its time is over.
  void start_backtest();
  /// Hands the request to the desk, or says that there is none.
  template <class Query>
  void at_desk(runtime::Request<Query>& request,
               void (JobDesk::*take)(runtime::Request<Query>& request));
  /// Nobody waits for the request of that number.
  void drop(std::uint64_t number);
  void finish(std::size_t worker, result::Result<SharedRun> outcome);
  /// The request of that worker and flag ends soon.
  void stop_work(std::size_t worker, const std::shared_ptr<std::atomic<bool>>& cancelled);

  runtime::Context& context_;
  Ports ports_;
  std::deque<Waiting> queue_;
  std::vector<std::size_t> idle_;  ///< indexes into ports_.workers
  std::vector<Running> running_;   ///< one a worker
  std::uint64_t last_number_ = 0;
  SchedulerStatus status_;
  std::optional<JobDesk> desk_;
  bool job_was_last_ = false;
};

}  // namespace hts::actors
