#include "engine/jobs/job_table.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_samples.hpp"

namespace hts::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum JobTable::Submission;

class JobTableOf : public ::testing::Test {
 protected:
  void submit(std::uint64_t number, int priority = default_priority) {
    NewJob job = sample_job(number);
    job.priority = priority;
    EXPECT_EQ(table.submit(job, 1'000).result, accepted);
  }
  std::vector<JobId> claim(std::size_t most, time::Timestamp now = start) {
    std::vector<JobId> ids;
    for (const auto& record : table.claim("north", most, now, lease)) ids.push_back(record.job.id);
    return ids;
  }
  FinishResult finish(const JobId& id, WorkEnd end, time::Timestamp now = start) {
    return table.finish({id, table.find(id)->claims, std::move(end)}, now, changed);
  }
  JobState state(std::uint64_t number) { return table.find(sample_job(number).id)->state; }
  static JobId id(std::uint64_t number) { return sample_job(number).id; }
  static JobId part(std::uint64_t whole, std::uint32_t number) {
    return JobId::part_of(id(whole), number);
  }

  JobTable table;
  ChangedJobs changed;
};

TEST_F(JobTableOf, hands_out_the_highest_priority_first_then_the_oldest) {
  submit(1, 5);
  submit(2, 9);
  submit(3, 0);
  submit(4, 5);
  EXPECT_THAT(claim(3), ElementsAre(id(2), id(1), id(4)));
  EXPECT_THAT(claim(3), ElementsAre(id(3)));
  EXPECT_THAT(claim(3), IsEmpty());
}

TEST_F(JobTableOf, accepts_an_id_once_and_no_more_than_its_bound) {
  submit(1);
  EXPECT_EQ(table.submit(sample_job(1), 1).result, existing);
  EXPECT_EQ(table.submit(sample_job(2), 1).result, full);
  EXPECT_EQ(table.find(id(2)), nullptr);
  EXPECT_THAT(claim(1), ElementsAre(id(1)));
  EXPECT_EQ(table.submit(sample_job(2), 1).result, accepted);
}

TEST_F(JobTableOf, knows_a_key_by_its_kind_and_request) {
  NewJob first = sample_job(1);
  first.idempotency_key = "order 66";
  ASSERT_EQ(table.submit(first, 10).result, accepted);
  NewJob again = first;
  again.id = id(2);
  const auto answer = table.submit(again, 0);
  EXPECT_EQ(answer.result, existing);
  EXPECT_EQ(answer.record->job.id, id(1));
  again.request = "other";
  EXPECT_EQ(table.submit(again, 10).result, conflict);
}

TEST_F(JobTableOf, holds_delayed_jobs_until_they_are_due) {
  submit(1);
  ASSERT_THAT(claim(1), ElementsAre(id(1)));
  finish(id(1), failed_attempt(true, 10s));
  EXPECT_EQ(table.next_available_at(), start + 10s);
  EXPECT_THAT(claim(1, start + 9s), IsEmpty());
  EXPECT_THAT(claim(1, start + 10s), ElementsAre(id(1)));
  EXPECT_FALSE(table.next_available_at());
}

TEST_F(JobTableOf, hands_out_nothing_while_it_is_paused) {
  submit(1);
  table.set_paused(true);
  EXPECT_THAT(claim(1), IsEmpty());
  table.set_paused(false);
  EXPECT_THAT(claim(1), ElementsAre(id(1)));
}

TEST_F(JobTableOf, recovers_leases_from_their_end_on) {
  submit(1);
  ASSERT_THAT(claim(1), ElementsAre(id(1)));
  table.recover(start + lease - 1ns, changed);
  EXPECT_EQ(state(1), JobState::running);
  table.recover(start + lease, changed);
  EXPECT_EQ(state(1), JobState::queued);
  EXPECT_THAT(changed.ids(), ElementsAre(id(1)));
}

TEST_F(JobTableOf, releases_what_one_worker_holds) {
  submit(1);
  submit(2);
  ASSERT_THAT(claim(1), ElementsAre(id(1)));
  ASSERT_EQ(table.claim("south", 1, start, lease).size(), 1U);
  table.release("south", start, changed);
  EXPECT_EQ(state(1), JobState::running);
  EXPECT_EQ(state(2), JobState::queued);
}

TEST_F(JobTableOf, fans_out_and_joins) {
  submit(1);
  (void)claim(1);
  finish(id(1), parts_of(2));
  EXPECT_THAT(claim(5), ElementsAre(part(1, 0), part(1, 1)));
  finish(part(1, 1), Completed{"", "one"});
  EXPECT_THAT(claim(5), IsEmpty());
  finish(part(1, 0), Completed{"", "zero"});
  EXPECT_THAT(claim(5), ElementsAre(id(1)));
  EXPECT_TRUE(table.find(id(1))->joins);
  finish(id(1), Completed{"run", ""});
  EXPECT_THAT(changed.ids(), ElementsAre(id(1), part(1, 1), part(1, 0)));
}

TEST_F(JobTableOf, ends_all_parts_with_their_whole) {
  submit(1);
  (void)claim(1);
  finish(id(1), parts_of(4));
  (void)claim(2);
  finish(part(1, 0), failed_attempt(false));
  EXPECT_EQ(state(1), JobState::failed);
  EXPECT_TRUE(table.find(part(1, 1))->cancel_requested);
  EXPECT_EQ(table.find(part(1, 2))->state, JobState::cancelled);
  EXPECT_THAT(changed.ids(), ElementsAre(id(1), part(1, 0), part(1, 1), part(1, 2), part(1, 3)));
}

TEST_F(JobTableOf, a_retried_whole_keeps_the_parts_that_are_done) {
  submit(1);
  (void)claim(1);
  finish(id(1), parts_of(3));
  (void)claim(3);
  finish(part(1, 0), Completed{"", "zero"});
  const std::uint64_t old_token = table.find(part(1, 2))->claims;
  finish(part(1, 1), failed_attempt(false));
  ASSERT_TRUE(table.retry(id(1), start));
  EXPECT_THAT(claim(5), ElementsAre(id(1)));
  finish(id(1), parts_of(3));
  EXPECT_EQ(table.find(id(1))->open_parts, 2U);
  EXPECT_EQ(table.finish({part(1, 2), old_token, Completed{}}, start, changed),
            FinishResult::lease_lost);
  EXPECT_THAT(claim(5), ElementsAre(part(1, 1), part(1, 2)));
  finish(part(1, 1), Completed{});
  finish(part(1, 2), Completed{});
  EXPECT_THAT(claim(5), ElementsAre(id(1)));
}

TEST_F(JobTableOf, a_cancelled_part_takes_its_whole_along) {
  submit(1);
  (void)claim(1);
  finish(id(1), parts_of(2));
  ASSERT_TRUE(table.cancel(part(1, 0), start, changed));
  EXPECT_EQ(state(1), JobState::cancelled);
  EXPECT_EQ(table.find(part(1, 1))->state, JobState::cancelled);
}

TEST_F(JobTableOf, cleans_up_what_ended_first_but_no_dead_letters) {
  for (std::uint64_t number = 1; number <= 4; ++number) submit(number);
  (void)claim(4);
  finish(id(1), failed_attempt(false), start);
  finish(id(2), Completed{}, start + 2s);
  finish(id(3), Completed{}, start + 1s);
  EXPECT_EQ(table.clean_up(start + 2s, 1), 1U);
  EXPECT_EQ(table.find(id(3)), nullptr);
  EXPECT_EQ(table.clean_up(start + 2s, 9), 0U);
  EXPECT_EQ(table.clean_up(start + 3s, 9), 1U);
  EXPECT_NE(table.find(id(1)), nullptr);
  ASSERT_TRUE(table.drop(id(1)));
  EXPECT_EQ(table.clean_up(start + 3s, 9), 1U);
  EXPECT_EQ(table.records().size(), 1U);
}

TEST_F(JobTableOf, parts_go_with_their_whole_whatever_their_state) {
  submit(1);
  (void)claim(1);
  finish(id(1), parts_of(3));
  (void)claim(1);
  ASSERT_TRUE(table.cancel(id(1), start, changed));
  ASSERT_EQ(table.find(part(1, 0))->state, JobState::running);
  EXPECT_EQ(table.clean_up(start + 1s, 9), 1U);
  EXPECT_THAT(table.records(), IsEmpty());
  EXPECT_EQ(table.finish({part(1, 0), 1, Completed{}}, start, changed), FinishResult::lease_lost);
  table.recover(start + 1h, changed);
}

TEST_F(JobTableOf, a_job_that_is_not_there_is_said_so) {
  EXPECT_EQ(table.cancel(id(1), start, changed).error().code, result::ErrorCode::not_found);
  EXPECT_EQ(table.retry(id(1), start).error().code, result::ErrorCode::not_found);
  EXPECT_EQ(table.drop(id(1)).error().field, "task_id");
  EXPECT_EQ(table.renew({id(1), 1, 0}, start, lease), HeartbeatResult::lease_lost);
}

}  // namespace
}  // namespace hts::jobs
