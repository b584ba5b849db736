#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "actors/notifier.hpp"
#include "actors/scheduler.hpp"
#include "adapters/simulation/table_job_store.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

/// A scheduler with durable jobs, alone in virtual time: its store is a table that can be away, its
/// workers hold every job until the test lets it go.
namespace hts::actors::testing {

/// A table that answers an error when told to.
class FlakyJobStore final : public ports::JobStore {
 public:
  bool is_away = false;
  int calls = 0;  ///< of every kind
  int batches = 0;

  explicit FlakyJobStore(simulation::TableJobStore& table) : table_(table) {}

  result::Result<ports::JobBatchResult> transact(const ports::JobBatch& batch) override {
    ++batches;
    return passed<ports::JobBatchResult>([&] { return table_.transact(batch); });
  }
  result::Result<jobs::JobRecord> find(const jobs::JobId& id) override {
    return passed<jobs::JobRecord>([&] { return table_.find(id); });
  }
  result::Result<ports::JobPage> list(const ports::JobFilter& filter, std::uint64_t offset,
                                      std::uint64_t limit) override {
    return passed<ports::JobPage>([&] { return table_.list(filter, offset, limit); });
  }
  result::Result<ports::JobCounts> counts() override {
    return passed<ports::JobCounts>([&] { return table_.counts(); });
  }
  result::Result<std::vector<std::string>> part_outputs(const jobs::JobId& whole) override {
    return passed<std::vector<std::string>>([&] { return table_.part_outputs(whole); });
  }
  result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                      time::Timestamp now) override {
    return passed<std::vector<jobs::JobRecord>>([&] { return table_.cancel(id, now); });
  }
  result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                     time::Timestamp now) override {
    return passed<std::vector<jobs::JobRecord>>([&] { return table_.retry(id, now); });
  }
  result::Result<std::uint64_t> requeue_dead_letters(const std::optional<jobs::JobId>& id,
                                                     time::Timestamp now) override {
    return passed<std::uint64_t>([&] { return table_.requeue_dead_letters(id, now); });
  }
  result::Result<std::uint64_t> drop_dead_letters(const std::optional<jobs::JobId>& id) override {
    return passed<std::uint64_t>([&] { return table_.drop_dead_letters(id); });
  }
  result::Status set_paused(bool paused) override {
    return passed<result::Nothing>([&] { return table_.set_paused(paused); });
  }
  result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                       time::Timestamp now) override {
    return passed<std::vector<jobs::JobRecord>>([&] { return table_.release(worker, now); });
  }
  result::Result<std::uint64_t> clean_up(time::Timestamp before, std::uint64_t most) override {
    return passed<std::uint64_t>([&] { return table_.clean_up(before, most); });
  }

 private:
  template <class T, class Call>
  result::Result<T> passed(Call call) {
    ++calls;
    if (is_away) {
      return result::make_error(result::ErrorCode::unavailable, "The store is away: start it.");
    }
    return call();
  }

  simulation::TableJobStore& table_;
};

using HeldRequests = std::vector<runtime::Request<RunJob>>;

class HoldingJobWorker : public runtime::Actor<HoldingJobWorker, BacktestWorkerProtocol> {
 public:
  HoldingJobWorker(HeldRequests& held, std::vector<runtime::Request<RunBacktest>>& runs)
      : held_(held), runs_(runs) {}
  void on(runtime::Request<RunBacktest>& request) { runs_.push_back(std::move(request)); }
  void on(runtime::Request<RunJob>& request) { held_.push_back(std::move(request)); }
  void on(const StopWaiting&) {}

 private:
  HeldRequests& held_;
  std::vector<runtime::Request<RunBacktest>>& runs_;
};

class DeskInVirtualTime : public ::testing::Test {
 protected:
  static constexpr std::chrono::seconds lease{30};

  explicit DeskInVirtualTime(std::size_t workers = 1) : worker_count_(workers) {}

  void start(std::function<void(JobDeskPorts&)> change = {}) {
    using runtime::Context;
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>();
    executor_ = executor.get();
    runtime::RuntimeOptions options;
    options.executor = std::move(executor);
    options.log = [this](const runtime::LogRecord& record) {
      log_.push_back(std::string{record.text});
    };
    runtime_ = std::make_unique<runtime::Runtime>(std::move(options));
    const auto notifier = runtime_->spawn<Notifier>(
        "notifier", {}, [](Context& context) { return std::make_unique<Notifier>(context); });
    Scheduler::Ports ports{{}, notifier, 8, {}};
    runtime::ActorOptions later;
    later.shutdown_phase = 1;
    for (std::size_t i = 0; i < worker_count_; ++i) {
      ports.workers.push_back(runtime_->spawn<HoldingJobWorker>(
          "worker_" + std::to_string(i), later,
          [this](Context&) { return std::make_unique<HoldingJobWorker>(held_, runs_); }));
    }
    ports.jobs.store = &store_;
    ports.jobs.writes = &runtime_->lane("jobs", 1, 64);
    ports.jobs.reads = &runtime_->lane("jobs_read", 1, 64);
    ports.jobs.worker = "here";
    ports.jobs.capacity = 4;
    ports.jobs.lease = lease;
    ports.jobs.announce = [this](const jobs::JobEvent& event) { events_.push_back(event); };
    if (change) change(ports.jobs);
    scheduler_ = runtime_->spawn<Scheduler>("scheduler", {}, [ports](Context& context) {
      return std::make_unique<Scheduler>(context, ports);
    });
    ASSERT_TRUE(runtime_->start().ok());
    executor_->run();
  }
  /// The process dies: nothing more is said.
  void die() {
    store_.is_away = true;
    scheduler_ = {};
    runtime_.reset();
    store_.is_away = false;
    held_.clear();
    runs_.clear();
    events_.clear();
  }

  template <class T>
  using Answer = std::shared_ptr<std::optional<result::Result<T>>>;

  template <class Query>
  Answer<typename Query::Reply> ask(Query query) {
    auto answer = std::make_shared<std::optional<result::Result<typename Query::Reply>>>();
    runtime_->ask(scheduler_, std::move(query), std::chrono::hours{1},
                  [answer](result::Result<typename Query::Reply> reply) {
                    answer->emplace(std::move(reply));
                  });
    executor_->run();
    return answer;
  }

  static SubmitJob job(int priority = jobs::default_priority, std::string key = {}) {
    SubmitJob query;
    query.job.kind = "backtest";
    query.job.request = "{}";
    query.job.priority = priority;
    query.job.idempotency_key = std::move(key);
    query.job.timeout = std::chrono::seconds{600};
    return query;
  }
  jobs::JobId submit(SubmitJob query = job()) {
    const auto answer = ask(std::move(query));
    EXPECT_TRUE(*answer && (*answer)->ok());
    return *answer && (*answer)->ok() ? (**answer)->id : jobs::JobId{};
  }
  jobs::JobRecord record(const jobs::JobId& id) { return table_.find(id).value(); }
  jobs::JobState state(const jobs::JobId& id) { return record(id).state; }
  SchedulerStatus status() { return ask(GetSchedulerStatus{})->value().value(); }

  /// The worker's answer to the job it was given as the `place`-th.
  void end(std::size_t place, jobs::WorkEnd how) {
    held_.at(place).reply(std::move(how));
    executor_->run();
  }
  jobs::JobId held_id(std::size_t place) { return held_.at(place).query.job->job.id; }
  bool is_cancelled(std::size_t place) { return held_.at(place).query.control->cancelled.load(); }
  void advance(time::Duration time) {
    executor_->advance(time);
    executor_->run();
  }

  const std::size_t worker_count_;
  simulation::TableJobStore table_;
  FlakyJobStore store_{table_};
  HeldRequests held_;
  std::vector<runtime::Request<RunBacktest>> runs_;
  std::vector<jobs::JobEvent> events_;
  std::vector<std::string> log_;
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  std::unique_ptr<runtime::Runtime> runtime_;
  runtime::Address<SchedulerProtocol> scheduler_;
};

}  // namespace hts::actors::testing
