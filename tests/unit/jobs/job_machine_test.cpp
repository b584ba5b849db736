#include "engine/jobs/job_machine.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_samples.hpp"

namespace hts::jobs {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Applies the end of the newest lease; the record is sound after it.
void end_with(JobRecord& record, WorkEnd end, time::Timestamp now = start) {
  EXPECT_EQ(finish(record, finish_of(record, std::move(end)), now), FinishResult::done);
  EXPECT_THAT(faults_of(record), IsEmpty());
}

TEST(JobMachine, an_accepted_job_waits_from_its_creation_on) {
  const JobRecord record = queued(7);
  EXPECT_EQ(record.state, JobState::queued);
  EXPECT_EQ(record.sequence, 7U);
  EXPECT_EQ(record.available_at, start);
  EXPECT_EQ(record.claims, 0U);
  EXPECT_THAT(faults_of(record), IsEmpty());
}

TEST(JobMachine, a_claim_gives_a_lease_with_a_new_token) {
  JobRecord record = queued();
  claim(record, "north", start + 1s, lease);
  EXPECT_EQ(record.state, JobState::running);
  EXPECT_EQ(record.started_at, start + 1s);
  ASSERT_TRUE(record.lease);
  EXPECT_EQ(*record.lease, (Lease{"north", 1, start + 1s + lease}));
  lose_lease(record, start + 60s);
  claim(record, "south", start + 60s, lease);
  EXPECT_EQ(record.lease->token, 2U);
}

TEST(JobMachine, a_completed_job_has_its_result_and_no_error) {
  JobRecord record = running();
  end_with(record, failed_attempt());
  EXPECT_TRUE(record.error);
  claim(record, "north", start, lease);
  end_with(record, Completed{"run", "{}"}, start + 5s);
  EXPECT_EQ(record.state, JobState::completed);
  EXPECT_EQ(record.run_id, "run");
  EXPECT_EQ(record.output, "{}");
  EXPECT_EQ(record.progress, 1);
  EXPECT_EQ(record.finished_at, start + 5s);
  EXPECT_FALSE(record.error);
}

TEST(JobMachine, the_same_end_told_twice_counts_once) {
  JobRecord record = running();
  const Finish told = finish_of(record, failed_attempt());
  EXPECT_EQ(finish(record, told, start), FinishResult::done);
  const JobRecord once = record;
  EXPECT_EQ(finish(record, told, start + 9s), FinishResult::done);
  EXPECT_EQ(record, once);
  claim(record, "south", start, lease);
  EXPECT_EQ(finish(record, told, start + 9s), FinishResult::done);
  EXPECT_EQ(record.attempts, 1U);
  EXPECT_TRUE(record.lease);
}

TEST(JobMachine, what_an_older_lease_tells_changes_nothing) {
  JobRecord record = running();
  const Finish late = finish_of(record, Completed{"late", ""});
  const Heartbeat beat{record.job.id, record.claims, 0.9};
  lose_lease(record, start);
  for (int claimed = 0; claimed < 2; ++claimed) {
    const JobRecord before = record;
    EXPECT_EQ(finish(record, late, start), FinishResult::lease_lost);
    EXPECT_EQ(renew(record, beat, start, lease), HeartbeatResult::lease_lost);
    EXPECT_EQ(record, before);
    claim(record, "south", start, lease);
  }
}

TEST(JobMachine, no_lease_has_the_token_0) {
  JobRecord record = queued();
  EXPECT_EQ(finish(record, {record.job.id, 0, Completed{}}, start), FinishResult::lease_lost);
  EXPECT_EQ(record.state, JobState::queued);
}

TEST(JobMachine, a_heartbeat_prolongs_the_lease_and_moves_progress_forward_only) {
  JobRecord record = running();
  const auto beat = [&](double progress, time::Timestamp now) {
    return renew(record, {record.job.id, 1, progress}, now, lease);
  };
  EXPECT_EQ(beat(0.5, start + 10s), HeartbeatResult::kept);
  EXPECT_EQ(record.lease->until, start + 10s + lease);
  EXPECT_EQ(record.progress, 0.5);
  EXPECT_EQ(beat(0.2, start + 11s), HeartbeatResult::kept);
  EXPECT_EQ(record.progress, 0.5);
  EXPECT_EQ(beat(std::numeric_limits<double>::quiet_NaN(), start), HeartbeatResult::kept);
  EXPECT_EQ(record.progress, 0.5);
  EXPECT_EQ(beat(1e9, start), HeartbeatResult::kept);
  EXPECT_EQ(record.progress, 1);
}

TEST(JobMachine, a_failed_attempt_waits_and_is_tried_again_until_the_last) {
  JobRecord record = running();
  end_with(record, failed_attempt(true, 3s));
  EXPECT_EQ(record.state, JobState::queued);
  EXPECT_EQ(record.available_at, start + 3s);
  claim(record, "north", start + 3s, lease);
  EXPECT_EQ(record.progress, 0);
  end_with(record, failed_attempt());
  claim(record, "north", start + 3s, lease);
  end_with(record, failed_attempt(), start + 4s);
  EXPECT_EQ(record.state, JobState::failed);
  EXPECT_EQ(record.attempts, default_max_attempts);
  EXPECT_EQ(record.finished_at, start + 4s);
  EXPECT_TRUE(record.is_dead_letter);
}

TEST(JobMachine, a_failure_that_would_come_again_is_the_last) {
  JobRecord record = running();
  end_with(record, failed_attempt(false));
  EXPECT_EQ(record.state, JobState::failed);
  EXPECT_EQ(record.attempts, 1U);
}

TEST(JobMachine, a_worker_that_stops_hands_back_without_a_trace) {
  JobRecord record = running();
  end_with(record, HandedBack{"", 0s});
  EXPECT_EQ(record.state, JobState::queued);
  EXPECT_EQ(record.attempts, 0U);
  EXPECT_EQ(record.hand_backs, 0U);
  EXPECT_FALSE(record.error);
}

TEST(JobMachine, a_job_that_nobody_can_do_fails_with_the_last_reason) {
  JobRecord record = queued();
  for (std::uint32_t i = 0; i < most_hand_backs; ++i) {
    ASSERT_EQ(record.state, JobState::queued);
    claim(record, "north", start, lease);
    end_with(record, HandedBack{"No candles here (" + std::to_string(i) + ").", 1s});
  }
  EXPECT_EQ(record.state, JobState::failed);
  EXPECT_EQ(record.attempts, 0U);
  EXPECT_THAT(record.error->message, HasSubstr("(19)"));
}

TEST(JobMachine, a_job_that_ends_its_workers_fails_at_last) {
  JobRecord record = queued();
  for (std::uint32_t i = 0; i < most_lease_losses; ++i) {
    ASSERT_EQ(record.state, JobState::queued);
    claim(record, "north", start, lease);
    lose_lease(record, start);
    EXPECT_THAT(faults_of(record), IsEmpty());
    EXPECT_THAT(record.error->message, HasSubstr("The worker north ended or was cut off"));
  }
  EXPECT_EQ(record.state, JobState::failed);
  EXPECT_TRUE(record.is_dead_letter);
}

TEST(JobMachine, a_queued_job_is_cancelled_at_once) {
  JobRecord record = queued();
  ASSERT_TRUE(cancel(record, start + 1s));
  EXPECT_EQ(record.state, JobState::cancelled);
  EXPECT_EQ(record.finished_at, start + 1s);
  EXPECT_EQ(record.error->code, result::ErrorCode::cancelled);
  const JobRecord once = record;
  ASSERT_TRUE(cancel(record, start + 2s));
  EXPECT_EQ(record, once);
}

TEST(JobMachine, whatever_a_worker_tells_of_a_job_to_be_cancelled_it_is_cancelled) {
  const WorkEnd ends[] = {Completed{"run", "{}"}, failed_attempt(), HandedBack{"no", 1s},
                          WorkCancelled{}, parts_of(3)};
  for (const WorkEnd& end : ends) {
    JobRecord record = running();
    ASSERT_TRUE(cancel(record, start));
    EXPECT_EQ(record.state, JobState::running);
    EXPECT_EQ(renew(record, {record.job.id, 1, 0.5}, start, lease),
              HeartbeatResult::cancel_requested);
    end_with(record, end);
    EXPECT_EQ(record.state, JobState::cancelled);
    EXPECT_EQ(record.parts, 0U);
    EXPECT_EQ(record.run_id, "");
  }
  JobRecord lost = running();
  ASSERT_TRUE(cancel(lost, start));
  lose_lease(lost, start);
  EXPECT_EQ(lost.state, JobState::cancelled);
}

TEST(JobMachine, what_is_over_cannot_be_cancelled) {
  JobRecord record = running();
  end_with(record, Completed{});
  const auto refused = cancel(record, start);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "task_id");
  EXPECT_THAT(refused.error().message, HasSubstr("is completed"));
}

TEST(JobMachine, a_retry_begins_anew_with_tokens_that_go_on) {
  JobRecord record = running();
  end_with(record, failed_attempt(false));
  ASSERT_TRUE(retry(record, start + 9s));
  EXPECT_THAT(faults_of(record), IsEmpty());
  JobRecord expected = queued();
  expected.available_at = start + 9s;
  expected.claims = 1;
  expected.ended_token = 1;
  EXPECT_EQ(record, expected);
  claim(record, "south", start + 9s, lease);
  EXPECT_EQ(record.lease->token, 2U);
}

TEST(JobMachine, only_failed_and_cancelled_jobs_are_retried) {
  JobRecord record = queued();
  EXPECT_THAT(retry(record, start).error().message, HasSubstr("is queued"));
  claim(record, "north", start, lease);
  EXPECT_THAT(retry(record, start).error().message, HasSubstr("is running"));
  end_with(record, Completed{});
  EXPECT_THAT(retry(record, start).error().message, HasSubstr("is completed"));
  JobRecord part = accept_part(sample_job(1), 2, sample_job(9).id, 0);
  ASSERT_TRUE(cancel(part, start));
  EXPECT_THAT(retry(part, start).error().message, HasSubstr(sample_job(9).id.text()));
}

TEST(JobMachine, a_dropped_dead_letter_stays_failed) {
  JobRecord record = running();
  EXPECT_EQ(drop(record).error().code, result::ErrorCode::conflict);
  end_with(record, failed_attempt(false));
  ASSERT_TRUE(drop(record));
  EXPECT_EQ(record.state, JobState::failed);
  EXPECT_FALSE(record.is_dead_letter);
  EXPECT_FALSE(drop(record));
}

TEST(JobMachine, a_whole_waits_for_its_parts_and_joins_after_the_last) {
  JobRecord whole = running();
  end_with(whole, parts_of(2));
  EXPECT_TRUE(waits_for_parts(whole));
  JobRecord part = accept_part(sample_job(5), 2, whole.job.id, 0);
  claim(part, "north", start, lease);
  end_with(part, Completed{});
  EXPECT_FALSE(part_ended(whole, part, start));
  EXPECT_EQ(whole.progress, 0.5);
  EXPECT_EQ(shown_state(whole), JobState::running);
  EXPECT_FALSE(part_ended(whole, part, start + 1s));
  EXPECT_EQ(whole.state, JobState::queued);
  EXPECT_TRUE(whole.joins);
  EXPECT_EQ(shown_state(whole), JobState::running);
  EXPECT_THAT(faults_of(whole), IsEmpty());

  // Nothing that comes now opens it again.
  const JobRecord before = whole;
  EXPECT_FALSE(part_ended(whole, part, start + 2s));
  EXPECT_EQ(whole, before);
  claim(whole, "north", start + 2s, lease);
  EXPECT_EQ(whole.progress, 1);
  end_with(whole, failed_attempt());
  EXPECT_TRUE(whole.joins);
}

TEST(JobMachine, a_whole_of_no_parts_joins_at_once) {
  JobRecord whole = running();
  end_with(whole, FannedOut{});
  EXPECT_EQ(whole.state, JobState::queued);
  EXPECT_TRUE(whole.joins);
}

TEST(JobMachine, a_part_that_fails_or_is_cancelled_ends_its_whole) {
  for (const bool fails : {true, false}) {
    JobRecord whole = running();
    end_with(whole, parts_of(2));
    JobRecord part = accept_part(sample_job(5), 2, whole.job.id, 0);
    claim(part, "north", start, lease);
    end_with(part, fails ? WorkEnd{failed_attempt(false)} : WorkEnd{WorkCancelled{}});
    EXPECT_FALSE(part.is_dead_letter);
    EXPECT_TRUE(part_ended(whole, part, start));
    EXPECT_THAT(faults_of(whole), IsEmpty());
    EXPECT_EQ(whole.state, fails ? JobState::failed : JobState::cancelled);
    EXPECT_EQ(whole.is_dead_letter, fails);
    EXPECT_EQ(whole.error->message, part.error->message);
  }
}

TEST(JobMachine, a_part_starts_anew_unless_it_is_completed) {
  const JobId whole = sample_job(9).id;
  JobRecord part = accept_part(sample_job(1), 2, whole, 4);
  claim(part, "north", start, lease);
  ASSERT_TRUE(cancel(part, start));
  const Finish late = finish_of(part, Completed{"late", ""});
  NewJob job = sample_job(1);
  job.request = "changed";
  job.idempotency_key = "key";
  accept_part_again(part, job, start + 1s);
  EXPECT_EQ(part.state, JobState::queued);
  EXPECT_EQ(part.job.request, "changed");
  EXPECT_EQ(part.part_number, 4U);
  EXPECT_THAT(faults_of(part), IsEmpty());
  EXPECT_EQ(finish(part, late, start), FinishResult::lease_lost);

  claim(part, "north", start + 1s, lease);
  end_with(part, Completed{"run", "out"});
  const JobRecord completed = part;
  accept_part_again(part, sample_job(1), start + 2s);
  EXPECT_EQ(part, completed);
}

}  // namespace
}  // namespace hts::jobs
