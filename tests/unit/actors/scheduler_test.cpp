// The scheduler alone, in virtual time, with a worker that holds every run until the test lets it
// go.

#include "actors/scheduler.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "actors/notifier.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

namespace hts::actors {
namespace {

using std::chrono::seconds;
using HeldRuns = std::vector<runtime::Request<RunBacktest>>;

class HoldingWorker : public runtime::Actor<HoldingWorker, BacktestWorkerProtocol> {
 public:
  explicit HoldingWorker(HeldRuns& held) : held_(held) {}
  void on(runtime::Request<RunBacktest>& request) { held_.push_back(std::move(request)); }
  void on(runtime::Request<RunJob>&) {}
  void on(const StopWaiting&) {}

 private:
  HeldRuns& held_;
};

class SchedulerInVirtualTime : public ::testing::Test {
 protected:
  SchedulerInVirtualTime() {
    using runtime::Context;
    const auto notifier = runtime_.spawn<Notifier>(
        "notifier", {}, [](Context& context) { return std::make_unique<Notifier>(context); });
    const auto worker = runtime_.spawn<HoldingWorker>(
        "worker", {}, [this](Context&) { return std::make_unique<HoldingWorker>(held_); });
    scheduler_ = runtime_.spawn<Scheduler>("scheduler", {}, [worker, notifier](Context& context) {
      return std::make_unique<Scheduler>(context, Scheduler::Ports{{worker}, notifier, 8});
    });
    EXPECT_TRUE(runtime_.start().ok());
  }

  using Answer = std::shared_ptr<std::optional<result::Result<SharedRun>>>;

  runtime::AskHandle last_question_;

  Answer submit(seconds time_limit) {
    auto answer = std::make_shared<std::optional<result::Result<SharedRun>>>();
    SubmitBacktest query;
    query.request = std::make_shared<const backtest::BacktestRequest>();
    query.time_limit = time_limit;
    last_question_ =
        runtime_.ask(scheduler_, std::move(query), std::chrono::hours{1},
                     [answer](result::Result<SharedRun> run) { answer->emplace(std::move(run)); });
    executor_->run();
    return answer;
  }

  void finish(std::size_t run) {
    held_.at(run).reply(SharedRun{std::make_shared<const backtest::BacktestRun>()});
    executor_->run();
  }

  HeldRuns held_;
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  runtime::Runtime runtime_{[this] {
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>();
    executor_ = executor.get();
    runtime::RuntimeOptions options;
    options.executor = std::move(executor);
    return options;
  }()};
  runtime::Address<SchedulerProtocol> scheduler_;
};

TEST_F(SchedulerInVirtualTime, a_run_that_outlasts_its_time_limit_is_cancelled) {
  const auto answer = submit(seconds{10});
  ASSERT_EQ(held_.size(), 1U);
  executor_->advance(seconds{9});
  EXPECT_FALSE(held_[0].query.cancelled->load());
  executor_->advance(seconds{2});
  EXPECT_TRUE(held_[0].query.cancelled->load());
  EXPECT_FALSE(answer->has_value());  // the worker says how it ended
  finish(0);
  ASSERT_TRUE(answer->has_value());
}

TEST_F(SchedulerInVirtualTime, a_finished_run_is_not_cancelled_later) {
  const auto answer = submit(seconds{10});
  const auto cancelled = held_.at(0).query.cancelled;
  finish(0);
  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((*answer)->ok());
  executor_->advance(seconds{60});
  EXPECT_FALSE(cancelled->load());
}

TEST_F(SchedulerInVirtualTime, a_request_that_waited_too_long_is_never_started) {
  const auto first = submit(seconds{100});
  const auto late = submit(seconds{5});
  const auto last = submit(seconds{100});
  executor_->advance(seconds{6});
  finish(0);
  ASSERT_TRUE(late->has_value());
  ASSERT_FALSE((*late)->ok());
  EXPECT_EQ((*late)->error().code, result::ErrorCode::timed_out);
  ASSERT_EQ(held_.size(), 2U);  // the first and the last
  finish(1);
  ASSERT_TRUE(last->has_value());
  EXPECT_TRUE((*last)->ok());
}

TEST_F(SchedulerInVirtualTime, a_run_that_nobody_waits_for_is_cancelled) {
  const auto answer = submit(seconds{1000});
  ASSERT_EQ(held_.size(), 1U);
  EXPECT_FALSE(held_[0].query.cancelled->load());
  last_question_.cancel();
  executor_->run();
  EXPECT_TRUE(held_[0].query.cancelled->load());
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->error().code, result::ErrorCode::cancelled);
  finish(0);
  const auto next = submit(seconds{1000});
  EXPECT_EQ(held_.size(), 2U) << "the worker is free again";
  EXPECT_FALSE(held_[1].query.cancelled->load());
}

TEST_F(SchedulerInVirtualTime, a_queued_request_that_nobody_waits_for_gives_its_place_up) {
  const auto first = submit(seconds{1000});
  std::vector<runtime::AskHandle> queued;
  for (int i = 0; i < 8; ++i) {
    (void)submit(seconds{1000});
    queued.push_back(last_question_);
  }
  const auto refused = submit(seconds{1000});
  ASSERT_TRUE(refused->has_value());
  EXPECT_EQ((*refused)->error().code, result::ErrorCode::unavailable);
  for (const auto& question : queued) question.cancel();
  executor_->run();
  const auto taken = submit(seconds{1000});
  EXPECT_FALSE(taken->has_value());
  finish(0);
  ASSERT_EQ(held_.size(), 2U) << "the next run is the one that somebody wants";
  finish(1);
  ASSERT_TRUE(taken->has_value());
  EXPECT_TRUE((*taken)->ok());
}

}  // namespace
}  // namespace hts::actors
