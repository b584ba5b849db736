#include "actors/job_desk.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "desk_setup.hpp"

namespace hts::actors::testing {
namespace {

using jobs::JobState;
using result::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class JobDeskTest : public DeskInVirtualTime {};

jobs::WorkEnd failed(bool may_retry = true) {
  return jobs::AttemptFailed{result::make_error(ErrorCode::internal, "It broke."), may_retry, {}};
}

TEST_F(JobDeskTest, a_job_is_accepted_run_and_completed) {
  start();
  const auto id = submit();
  ASSERT_EQ(held_.size(), 1U);
  EXPECT_EQ(held_id(0), id);
  EXPECT_EQ(state(id), JobState::running);
  end(0, jobs::Completed{id.text(), {}});
  EXPECT_EQ(state(id), JobState::completed);
  EXPECT_EQ(record(id).run_id, id.text());
  const auto figures = status();
  EXPECT_EQ(figures.jobs_submitted, 1U);
  EXPECT_EQ(figures.jobs_completed, 1U);
  EXPECT_EQ(figures.job_waits.count(), 1U);
  EXPECT_EQ(figures.job_runs.count(), 1U);
}

TEST_F(JobDeskTest, listeners_hear_each_durable_state_in_order) {
  start();
  const auto id = submit();
  end(0, jobs::Completed{id.text(), {}});
  ASSERT_EQ(events_.size(), 3U);
  EXPECT_EQ(events_[0].state, JobState::queued);
  EXPECT_EQ(events_[1].state, JobState::running);
  EXPECT_EQ(events_[2].state, JobState::completed);
  EXPECT_EQ(events_[2].run_id, id.text());
}

TEST_F(JobDeskTest, listeners_hear_no_error_of_the_inside) {
  start();
  submit();
  end(0, jobs::AttemptFailed{
             result::make_error(result::ErrorCode::storage,
                                "postgresql://hts:secret@host refused; see /run/password."),
             false,
             {}});
  ASSERT_EQ(events_.back().state, JobState::failed);
  EXPECT_EQ(events_.back().error, "Something went wrong inside the daemon; its log has the cause.");
  submit();
  end(1,
      jobs::AttemptFailed{
          result::make_error(result::ErrorCode::invalid, "`hold` must be positive."), false, {}});
  EXPECT_EQ(events_.back().error, "`hold` must be positive.");
}

TEST_F(JobDeskTest, a_long_job_is_claimed_only_when_a_worker_is_idle) {
  start();
  const auto first = submit();
  const auto second = submit();
  EXPECT_EQ(state(second), JobState::queued);
  advance(seconds{5});
  end(0, jobs::Completed{});
  EXPECT_EQ(state(first), JobState::completed);
  ASSERT_EQ(held_.size(), 2U);
  EXPECT_EQ(state(second), JobState::running);
}

TEST_F(JobDeskTest, the_highest_priority_goes_first) {
  start();
  (void)submit();
  const auto low = submit(job(1));
  const auto high = submit(job(9));
  advance(seconds{1});
  end(0, jobs::Completed{});
  EXPECT_EQ(held_id(1), high);
  advance(seconds{1});
  end(1, jobs::Completed{});
  EXPECT_EQ(held_id(2), low);
}

TEST_F(JobDeskTest, short_jobs_are_claimed_ahead_in_one_batch) {
  start([](JobDeskPorts& ports) { ports.capacity = 1000; });
  (void)submit();
  for (int i = 0; i < 100; ++i) (void)submit();
  end(0, jobs::Completed{});  // took no time at all
  const int before = store_.batches;
  for (std::size_t i = 1; i < 50; ++i) {
    held_.at(i).reply(jobs::WorkEnd{jobs::Completed{}});
    executor_->run();
  }
  EXPECT_EQ(table_.counts()->queued, 0U);
  EXPECT_GT(table_.counts()->running, 10U);
  EXPECT_LE(store_.batches - before, 50);
}

TEST_F(JobDeskTest, a_full_queue_refuses_with_its_capacity) {
  start();
  (void)submit();  // runs
  for (int i = 0; i < 4; ++i) (void)submit();
  const auto refused = ask(job());
  ASSERT_FALSE((*refused)->ok());
  EXPECT_EQ((*refused)->error().code, ErrorCode::unavailable);
  EXPECT_NE((*refused)->error().message.find("4 jobs"), std::string::npos);
  EXPECT_EQ(status().jobs_refused, 1U);
}

TEST_F(JobDeskTest, an_idempotency_key_names_one_job) {
  start();
  const auto first = submit(job(5, "key"));
  const auto again = ask(job(5, "key"));
  ASSERT_TRUE((*again)->ok());
  EXPECT_EQ((**again)->id, first);
  EXPECT_EQ((**again)->result, ports::SubmitResult::existing);
  auto other = job(5, "key");
  other.job.request = R"({"another": true})";
  const auto refused = ask(std::move(other));
  ASSERT_FALSE((*refused)->ok());
  EXPECT_EQ((*refused)->error().code, ErrorCode::conflict);
  EXPECT_EQ((*refused)->error().field, "idempotency_key");
}

TEST_F(JobDeskTest, a_failed_attempt_is_repeated_after_a_wait_until_the_attempts_are_used_up) {
  start();
  const auto id = submit();
  for (std::size_t attempt = 0; attempt < 3; ++attempt) {
    ASSERT_EQ(held_.size(), attempt + 1);
    end(attempt, failed());
    EXPECT_EQ(state(id), attempt < 2 ? JobState::queued : JobState::failed);
    advance(minutes{6});
  }
  EXPECT_EQ(held_.size(), 3U);
  EXPECT_TRUE(record(id).is_dead_letter);
  EXPECT_EQ(status().job_retries, 2U);
  EXPECT_EQ(status().jobs_failed, 1U);
}

TEST_F(JobDeskTest, a_request_that_is_wrong_is_not_repeated) {
  start();
  const auto id = submit();
  end(0, failed(false));
  EXPECT_EQ(state(id), JobState::failed);
}

TEST_F(JobDeskTest, people_are_told_of_a_job_once_when_it_has_failed_for_good) {
  start();
  auto query = job();
  query.job.max_attempts = 2;
  const auto id = submit(query);
  const auto told = [&] {
    return std::ranges::count_if(log_, [&](const std::string& line) {
      return line.starts_with("dead_letters: The job " + id.text());
    });
  };
  end(0, failed());
  EXPECT_EQ(told(), 0);
  advance(std::chrono::minutes{10});
  end(1, failed());
  ASSERT_EQ(state(id), JobState::failed);
  EXPECT_EQ(told(), 1);
  advance(std::chrono::hours{1});
  EXPECT_EQ(told(), 1);
}

TEST_F(JobDeskTest, an_attempt_over_its_time_is_cancelled_and_counts_as_failed) {
  start();
  const auto id = submit();
  advance(seconds{599});
  EXPECT_FALSE(is_cancelled(0));
  advance(seconds{2});
  EXPECT_TRUE(is_cancelled(0));
  end(0, jobs::WorkCancelled{});
  EXPECT_EQ(state(id), JobState::queued);
  EXPECT_EQ(record(id).attempts, 1U);
  EXPECT_EQ(record(id).error->code, ErrorCode::timed_out);
  EXPECT_NE(record(id).error->message.find("600 seconds"), std::string::npos);
}

TEST_F(JobDeskTest, a_worker_that_breaks_is_a_failed_attempt) {
  start();
  const auto id = submit();
  held_[0] = {};  // its reply dies with it
  executor_->run();
  EXPECT_EQ(state(id), JobState::queued);
  EXPECT_EQ(record(id).attempts, 1U);
}

TEST_F(JobDeskTest, a_queued_job_is_cancelled_and_never_starts) {
  start();
  (void)submit();
  const auto second = submit();
  const auto cancelled = ask(CancelJob{second});
  ASSERT_TRUE((*cancelled)->ok());
  EXPECT_EQ((**cancelled).value()->state, JobState::cancelled);
  end(0, jobs::Completed{});
  EXPECT_EQ(held_.size(), 1U);
}

TEST_F(JobDeskTest, a_cancel_reaches_running_work_at_once_and_wins_over_its_end) {
  start();
  const auto id = submit();
  ASSERT_TRUE((*ask(CancelJob{id}))->ok());
  EXPECT_TRUE(is_cancelled(0));
  end(0, jobs::Completed{id.text(), {}});
  EXPECT_EQ(state(id), JobState::cancelled);
  EXPECT_EQ(status().jobs_cancelled, 1U);
}

TEST_F(JobDeskTest, a_cancel_that_the_store_does_not_take_stops_the_work_and_the_job_goes_back) {
  start();
  const auto id = submit();
  store_.is_away = true;
  EXPECT_FALSE((*ask(CancelJob{id}))->ok());
  EXPECT_TRUE(is_cancelled(0));
  end(0, jobs::WorkCancelled{});
  store_.is_away = false;
  advance(seconds{20});
  ASSERT_EQ(held_.size(), 2U) << "it runs again";
  EXPECT_FALSE(is_cancelled(1));
  EXPECT_EQ(record(id).attempts, 0U);
  EXPECT_EQ(record(id).hand_backs, 0U);
  end(1, jobs::Completed{});
  EXPECT_EQ(state(id), JobState::completed);
}

TEST_F(JobDeskTest, a_cancelled_job_starts_anew_when_retried) {
  start();
  const auto id = submit();
  ASSERT_TRUE((*ask(CancelJob{id}))->ok());
  end(0, jobs::WorkCancelled{});
  EXPECT_EQ(state(id), JobState::cancelled);
  ASSERT_TRUE((*ask(RetryJob{id}))->ok());
  ASSERT_EQ(held_.size(), 2U);
  EXPECT_FALSE(is_cancelled(1));
  EXPECT_FALSE((*ask(RetryJob{id}))->ok());
  end(1, jobs::Completed{});
  EXPECT_EQ(state(id), JobState::completed);
}

TEST_F(JobDeskTest, dead_letters_are_requeued_or_dropped) {
  start();
  const auto first = submit();
  end(0, failed(false));
  const auto second = submit();
  end(1, failed(false));
  EXPECT_EQ((**ask(DropDeadLetters{first}))->count, 1U);
  EXPECT_EQ((**ask(RequeueDeadLetters{}))->count, 1U);
  ASSERT_EQ(held_.size(), 3U);
  EXPECT_EQ(held_id(2), second);
  EXPECT_EQ(state(first), JobState::failed);
}

TEST_F(JobDeskTest, a_paused_queue_hands_out_nothing_until_it_goes_on) {
  start();
  EXPECT_TRUE((**ask(SetQueuePaused{true}))->paused);
  const auto id = submit();
  advance(minutes{1});
  EXPECT_TRUE(held_.empty());
  EXPECT_EQ(state(id), JobState::queued);
  EXPECT_FALSE((**ask(SetQueuePaused{false}))->paused);
  EXPECT_EQ(held_.size(), 1U);
}

TEST_F(JobDeskTest, a_lease_is_renewed_as_long_as_the_work_runs) {
  start();
  const auto id = submit();
  held_[0].query.control->progress = 0.25;
  advance(seconds{95});
  const auto now = executor_->now();
  EXPECT_GT(record(id).lease->until, now);
  EXPECT_EQ(record(id).progress, 0.25);
}

TEST_F(JobDeskTest, progress_is_told_when_it_changes_and_asked_for_at_any_time) {
  start();
  const auto id = submit();
  events_.clear();
  advance(seconds{1});
  EXPECT_TRUE(events_.empty());
  held_[0].query.control->progress = 0.5;
  EXPECT_EQ((**ask(FindJob{id})).value()->progress, 0.5);
  advance(seconds{1});
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].progress, 0.5);
  EXPECT_EQ(events_[0].state, JobState::running);
}

TEST_F(JobDeskTest, work_whose_lease_is_lost_is_cancelled_and_its_end_counts_nothing) {
  start();
  const auto id = submit();
  // Another process with this one's name took over.
  ASSERT_EQ(table_.release("here", executor_->now())->size(), 1U);
  advance(seconds{11});
  EXPECT_TRUE(is_cancelled(0));
  end(0, jobs::Completed{"run of the old lease", {}});
  EXPECT_NE(record(id).run_id, "run of the old lease");
  EXPECT_GE(status().lease_losses, 1U);
}

TEST_F(JobDeskTest, what_ran_when_the_process_died_runs_again_at_once) {
  start();
  const auto id = submit();
  die();
  start();
  ASSERT_EQ(held_.size(), 1U);
  EXPECT_EQ(held_id(0), id);
  EXPECT_EQ(held_[0].query.job->claims, 2U);
  EXPECT_EQ(record(id).lease_losses, 1U);
}

TEST_F(JobDeskTest, after_a_crash_no_job_waits_beside_one_that_may_have_caused_it) {
  start();
  submit();
  end(0, jobs::Completed{});  // a short one, so that the next are claimed ahead
  const auto first = submit();
  const auto second = submit();
  const auto third = submit();
  ASSERT_EQ(state(third), JobState::running);
  die();

  start();
  ASSERT_EQ(held_.size(), 1U);
  EXPECT_EQ(held_id(0), first);
  EXPECT_EQ(state(second), JobState::queued);
  end(0, jobs::Completed{});
  ASSERT_EQ(held_.size(), 2U);
  EXPECT_EQ(held_id(1), second);
  EXPECT_EQ(state(third), JobState::queued);
  die();

  start();
  EXPECT_EQ(record(second).lease_losses, 2U);
  EXPECT_EQ(record(third).lease_losses, 1U);
}

TEST_F(JobDeskTest, a_delayed_job_is_found_after_a_restart) {
  start();
  const auto id = submit();
  end(0, jobs::HandedBack{"It cannot be done here.", {}});
  ASSERT_EQ(state(id), JobState::queued);
  die();
  start();
  EXPECT_TRUE(held_.empty());
  advance(seconds{3});
  EXPECT_EQ(held_.size(), 1U);
}

TEST_F(JobDeskTest, who_cannot_do_a_job_leaves_it_to_others_of_a_shared_queue) {
  start([](JobDeskPorts& ports) { ports.is_shared = true; });
  const auto id = submit();
  end(0, jobs::HandedBack{"Its candles are not here.", {}});
  EXPECT_EQ(record(id).error->message, "Its candles are not here.");
  // It is due long before this desk looks at the queue again.
  advance(milliseconds{900});
  EXPECT_LE(record(id).available_at, executor_->now());
  EXPECT_EQ(held_.size(), 1U);
  const auto other = submit();
  EXPECT_EQ(held_.size(), 1U);
  advance(milliseconds{200});
  EXPECT_EQ(held_.size(), 2U);
  EXPECT_EQ(state(other), JobState::queued);
}

TEST_F(JobDeskTest, rests_grow_until_a_job_is_done) {
  start([](JobDeskPorts& ports) { ports.is_shared = true; });
  (void)submit();
  std::size_t given = 1;
  for (const int wait : {1, 2, 4, 8}) {
    end(given - 1, jobs::HandedBack{"Its candles are not here.", {}});
    advance(seconds{wait} - milliseconds{1});
    EXPECT_EQ(held_.size(), given) << wait;
    advance(seconds{1});
    ASSERT_EQ(held_.size(), ++given) << wait;
  }
  end(given - 1, jobs::Completed{});
  (void)submit();
  ASSERT_EQ(held_.size(), ++given);
  end(given - 1, jobs::HandedBack{"Its candles are not here.", {}});
  advance(seconds{2});
  EXPECT_EQ(held_.size(), given + 1);
}

TEST_F(JobDeskTest, a_job_that_one_desk_alone_cannot_do_lasts_for_minutes) {
  start([](JobDeskPorts& ports) { ports.is_shared = true; });
  const auto id = submit();
  time::Duration lasted{};
  for (std::size_t given = 0; state(id) != JobState::failed; lasted += seconds{1}) {
    if (held_.size() > given) end(given++, jobs::HandedBack{"Its candles are not here.", {}});
    advance(seconds{1});
    ASSERT_LT(lasted, std::chrono::hours{1});
  }
  EXPECT_GT(lasted, minutes{12});
  EXPECT_EQ(record(id).error->message, "Its candles are not here.");
}

TEST_F(JobDeskTest, a_desk_with_a_store_of_its_own_does_not_rest) {
  start();
  (void)submit();
  const auto other = submit();
  end(0, jobs::HandedBack{"The disk is full.", {}});
  ASSERT_EQ(held_.size(), 2U);
  EXPECT_EQ(held_id(1), other);
}

TEST_F(JobDeskTest, an_idle_desk_asks_its_own_store_nothing) {
  start();
  const auto id = submit();
  end(0, jobs::Completed{id.text(), {}});
  advance(minutes{2});
  const int before = store_.calls;
  advance(minutes{8});
  EXPECT_EQ(store_.calls, before);
}

TEST_F(JobDeskTest, ended_jobs_are_removed_after_their_time) {
  start();
  const auto id = submit();
  end(0, jobs::Completed{id.text(), {}});
  advance(std::chrono::hours{24 * 7 - 1});
  EXPECT_TRUE(table_.find(id).ok());
  advance(std::chrono::hours{2});
  EXPECT_FALSE(table_.find(id).ok());
}

TEST_F(JobDeskTest, with_the_store_away_submissions_are_refused_and_ends_are_kept) {
  start();
  const auto id = submit();
  store_.is_away = true;
  end(0, jobs::Completed{id.text(), {}});
  const auto refused = ask(job());
  ASSERT_TRUE(refused->has_value());
  ASSERT_FALSE((*refused)->ok());
  EXPECT_EQ((*refused)->error().code, ErrorCode::unavailable);
  EXPECT_NE((*refused)->error().message.find("The store is away"), std::string::npos);
  EXPECT_EQ(status().store_error, "The store is away: start it.");
  advance(minutes{5});
  EXPECT_GT(status().store_errors, 10U);
  store_.is_away = false;
  advance(seconds{6});
  EXPECT_EQ(state(id), JobState::completed);
  EXPECT_EQ(status().store_error, "");
  EXPECT_TRUE((*ask(job()))->ok());
}

TEST_F(JobDeskTest, a_store_that_is_away_at_the_start_is_waited_for) {
  store_.is_away = true;
  start();
  advance(minutes{1});
  store_.is_away = false;
  advance(seconds{6});
  (void)submit();
  EXPECT_EQ(held_.size(), 1U);
}

TEST_F(JobDeskTest, requests_with_a_waiting_client_take_turns_with_jobs) {
  start();
  (void)submit();
  (void)submit();
  SubmitBacktest query;
  query.request = std::make_shared<const backtest::BacktestRequest>();
  const auto run = ask(query);
  advance(seconds{1});
  end(0, jobs::Completed{});
  EXPECT_EQ(runs_.size(), 1U);
  runs_.at(0).reply(SharedRun{std::make_shared<const backtest::BacktestRun>()});
  executor_->run();
  EXPECT_TRUE(run->has_value());
  EXPECT_EQ(held_.size(), 2U);
}

TEST_F(JobDeskTest, a_stop_lets_work_finish_within_the_grace_period) {
  start();
  const auto first = submit();
  const auto second = submit();
  const auto ready = ask(PrepareToStop{seconds{2}});
  EXPECT_FALSE(ready->has_value());
  advance(seconds{1});
  EXPECT_FALSE(is_cancelled(0));
  end(0, jobs::Completed{first.text(), {}});
  EXPECT_EQ(state(first), JobState::completed);
  EXPECT_EQ(state(second), JobState::queued);
  EXPECT_TRUE(ready->has_value());
}

TEST_F(JobDeskTest, what_outlasts_the_grace_period_goes_back_without_an_attempt) {
  start();
  const auto id = submit();
  const auto ready = ask(PrepareToStop{seconds{2}});
  advance(seconds{3});
  ASSERT_TRUE(is_cancelled(0));
  end(0, jobs::WorkCancelled{});
  EXPECT_TRUE(ready->has_value());
  EXPECT_EQ(state(id), JobState::queued);
  EXPECT_EQ(record(id).attempts, 0U);
  EXPECT_EQ(record(id).hand_backs, 0U);
  EXPECT_LE(record(id).available_at, executor_->now());
}

TEST_F(JobDeskTest, what_was_claimed_ahead_goes_back_at_a_stop) {
  start([](JobDeskPorts& ports) { ports.capacity = 100; });
  for (int i = 0; i < 10; ++i) (void)submit();
  end(0, jobs::Completed{});
  end(1, jobs::Completed{});
  ASSERT_GT(table_.counts()->running, 1U);
  (void)ask(PrepareToStop{seconds{2}});
  EXPECT_EQ(table_.counts()->running, 1U);
  EXPECT_EQ(table_.counts()->queued, 7U);
}

TEST_F(JobDeskTest, an_actor_that_is_stopped_gives_back_what_runs) {
  start();
  const auto id = submit();
  runtime_->stop(scheduler_);
  executor_->run();
  ASSERT_TRUE(is_cancelled(0));
  end(0, jobs::WorkCancelled{});
  EXPECT_EQ(state(id), JobState::queued);
  EXPECT_EQ(record(id).attempts, 0U);
}

TEST_F(JobDeskTest, a_shared_store_is_looked_at_without_signals) {
  start([](JobDeskPorts& ports) { ports.is_shared = true; });
  ports::JobBatch elsewhere;
  elsewhere.now = executor_->now();
  elsewhere.capacity = 10;
  elsewhere.submits.push_back(job().job);
  elsewhere.submits[0].id = jobs::JobId{1, 2};
  ASSERT_TRUE(table_.transact(elsewhere).ok());
  EXPECT_TRUE(held_.empty());
  advance(milliseconds{1100});
  EXPECT_EQ(held_.size(), 1U);
}

TEST_F(JobDeskTest, a_signal_cancels_running_work_at_once) {
  start([](JobDeskPorts& ports) { ports.is_shared = true; });
  const auto id = submit();
  ASSERT_TRUE(table_.cancel(id, executor_->now()).ok());
  ASSERT_EQ(scheduler_.tell(ports::JobSignal{ports::JobSignal::Kind::cancel_requested, id}),
            runtime::SendResult::accepted);
  executor_->run();
  EXPECT_TRUE(is_cancelled(0));
}

TEST_F(JobDeskTest, a_job_fans_out_into_parts_and_joins_them) {
  start([](JobDeskPorts& ports) { ports.capacity = 100; });
  const auto id = submit();
  jobs::FannedOut parts;
  for (std::uint32_t i = 0; i < 3; ++i) {
    jobs::NewJob part = job().job;
    part.id = jobs::JobId::part_of(id, i);
    part.kind = "sweep_part";
    parts.parts.push_back(part);
  }
  end(0, parts);
  for (std::size_t i = 1; i <= 3; ++i) {
    ASSERT_EQ(held_.size(), i + 1);
    EXPECT_EQ(held_[i].query.job->job.kind, "sweep_part");
    advance(seconds{1});
    end(i, jobs::Completed{{}, "output " + std::to_string(i)});
  }
  ASSERT_EQ(held_.size(), 5U);
  EXPECT_EQ(held_id(4), id);
  ASSERT_NE(held_[4].query.part_outputs, nullptr);
  EXPECT_EQ(*held_[4].query.part_outputs,
            (std::vector<std::string>{"output 1", "output 2", "output 3"}));
  end(4, jobs::Completed{{}, "all"});
  EXPECT_EQ(state(id), JobState::completed);
  EXPECT_EQ(record(id).output, "all");
}

TEST_F(JobDeskTest, a_cancelled_whole_cancels_the_parts_that_run) {
  start([](JobDeskPorts& ports) { ports.capacity = 100; });
  const auto id = submit();
  jobs::FannedOut parts;
  for (std::uint32_t i = 0; i < 2; ++i) {
    parts.parts.push_back(job().job);
    parts.parts.back().id = jobs::JobId::part_of(id, i);
  }
  end(0, parts);
  ASSERT_EQ(held_.size(), 2U);
  ASSERT_TRUE((*ask(CancelJob{id}))->ok());
  EXPECT_TRUE(is_cancelled(1));
  end(1, jobs::WorkCancelled{});
  EXPECT_EQ(state(id), JobState::cancelled);
  EXPECT_EQ(state(jobs::JobId::part_of(id, 1)), JobState::cancelled);
  EXPECT_EQ(held_.size(), 2U);
}

}  // namespace
}  // namespace hts::actors::testing
