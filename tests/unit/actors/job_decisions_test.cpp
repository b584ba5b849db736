#include "actors/job_decisions.hpp"

#include <chrono>
#include <variant>

#include <gtest/gtest.h>

namespace hts::actors {
namespace {

using result::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

jobs::WorkEnd settled(jobs::WorkEnd told, const AttemptFacts& facts) {
  return settle(result::Result<jobs::WorkEnd>{std::move(told)}, facts, {}, 12345);
}

TEST(JobDecisions, before_the_first_run_only_idle_workers_get_a_job) {
  EXPECT_EQ(jobs_to_hold(2, 4, std::nullopt), 2U);
  EXPECT_EQ(jobs_to_hold(0, 4, std::nullopt), 0U);
}

TEST(JobDecisions, as_many_are_claimed_ahead_as_finish_in_a_tenth_of_a_second) {
  EXPECT_EQ(jobs_to_hold(0, 1, milliseconds{10}), 10U);
  EXPECT_EQ(jobs_to_hold(1, 2, milliseconds{10}), 21U);
  EXPECT_EQ(jobs_to_hold(0, 2, milliseconds{101}), 0U);
  EXPECT_EQ(jobs_to_hold(1, 2, seconds{60}), 1U);
  EXPECT_EQ(jobs_to_hold(0, 1, time::Duration{1}), most_claimed_ahead);
  EXPECT_EQ(jobs_to_hold(0, 1, time::Duration{0}), most_claimed_ahead);
}

TEST(JobDecisions, a_hand_back_waits_twice_as_long_each_time_up_to_a_minute) {
  EXPECT_EQ(hand_back_wait(0), milliseconds{250});
  EXPECT_EQ(hand_back_wait(1), milliseconds{500});
  EXPECT_EQ(hand_back_wait(7), seconds{32});
  EXPECT_EQ(hand_back_wait(8), seconds{60});
  EXPECT_EQ(hand_back_wait(1000), seconds{60});
}

TEST(JobDecisions, who_cannot_do_a_job_rests_twice_as_long_each_time_up_to_a_minute) {
  EXPECT_EQ(rest_wait(0), seconds{1});
  EXPECT_EQ(rest_wait(1), seconds{2});
  EXPECT_EQ(rest_wait(5), seconds{32});
  EXPECT_EQ(rest_wait(6), seconds{60});
  EXPECT_EQ(rest_wait(1000), seconds{60});
}

TEST(JobDecisions, a_store_is_left_alone_for_five_seconds_at_most) {
  EXPECT_EQ(store_wait(1), milliseconds{100});
  EXPECT_EQ(store_wait(2), milliseconds{200});
  EXPECT_EQ(store_wait(100), seconds{5});
}

TEST(JobDecisions, a_failure_gets_its_wait_from_the_policy) {
  AttemptFacts facts;
  facts.attempts = 2;
  const auto end =
      settled(jobs::AttemptFailed{result::make_error(ErrorCode::storage, "No."), true, {}}, facts);
  const auto& failed = std::get<jobs::AttemptFailed>(end);
  EXPECT_TRUE(failed.may_retry);
  EXPECT_EQ(failed.retry_after, jobs::RetryPolicy{}.wait(3, 12345));
}

TEST(JobDecisions, cancelled_work_says_why_it_was_cancelled) {
  AttemptFacts facts;
  facts.timeout = milliseconds{1500};
  facts.timed_out = true;
  const auto late = settled(jobs::WorkCancelled{}, facts);
  EXPECT_EQ(std::get<jobs::AttemptFailed>(late).error.code, ErrorCode::timed_out);
  facts.cancel_requested = true;
  EXPECT_TRUE(std::holds_alternative<jobs::WorkCancelled>(settled(jobs::WorkCancelled{}, facts)));
  AttemptFacts stopping;
  stopping.is_stopping = true;
  const auto back = settled(jobs::WorkCancelled{}, stopping);
  EXPECT_EQ(std::get<jobs::HandedBack>(back).reason, "");
  const auto odd = settled(jobs::WorkCancelled{}, {});
  EXPECT_EQ(std::get<jobs::AttemptFailed>(odd).error.code, ErrorCode::internal);
}

TEST(JobDecisions, work_that_is_done_is_done_whatever_came_between) {
  AttemptFacts facts;
  facts.timed_out = true;
  facts.is_stopping = true;
  EXPECT_TRUE(std::holds_alternative<jobs::Completed>(settled(jobs::Completed{"run", ""}, facts)));
}

TEST(JobDecisions, a_broken_worker_is_a_failed_attempt_unless_the_daemon_stops) {
  const result::Error broken = result::make_error(ErrorCode::unavailable, "It is gone.");
  const auto end = settle(broken, {}, {}, 1);
  EXPECT_TRUE(std::get<jobs::AttemptFailed>(end).may_retry);
  AttemptFacts stopping;
  stopping.is_stopping = true;
  EXPECT_TRUE(std::holds_alternative<jobs::HandedBack>(settle(broken, stopping, {}, 1)));
}

}  // namespace
}  // namespace hts::actors
