#pragma once

#include "job_store_fixture.hpp"

/// Jobs that fan out into parts and join them.
namespace hts::testing {

TEST_P(JobStoreSuite, a_job_fans_out_and_joins_its_outputs_in_order) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(3));
  EXPECT_TRUE(jobs::waits_for_parts(find(job_id(1))));
  const auto parts = claim(9);
  EXPECT_EQ(ids_of(parts), (std::vector{part(1, 0), part(1, 1), part(1, 2)}));
  EXPECT_EQ(parts.at(2).job.request, "part 2");
  EXPECT_EQ(parts.at(2).whole, job_id(1));
  EXPECT_EQ(parts.at(2).part_number, 2U);
  finish(part(1, 2), jobs::Completed{"", "two"});
  const auto answer = finish(part(1, 0), jobs::Completed{"", "zero"});
  EXPECT_THAT(ids_of(answer.changed), UnorderedElementsAre(job_id(1), part(1, 0)));
  EXPECT_THAT(claim(9), IsEmpty());
  reopen();
  finish(part(1, 1), jobs::Completed{"", ""});
  const auto joining = claim(9);
  ASSERT_EQ(joining.size(), 1U);
  EXPECT_TRUE(joining.front().joins);
  EXPECT_EQ(taken(store->part_outputs(job_id(1))), (std::vector<std::string>{"zero", "", "two"}));
  finish(job_id(1), jobs::Completed{"run", "sum"});
  EXPECT_EQ(state(1), jobs::JobState::completed);
  expect_not_found(store->part_outputs(job_id(9)));
}

TEST_P(JobStoreSuite, parts_that_end_in_one_batch_end_their_whole_once) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(2));
  ASSERT_EQ(claim(2).size(), 2U);
  auto one = batch();
  one.finishes = {{part(1, 0), 1, jobs::Completed{}}, {part(1, 1), 1, jobs::Completed{}}};
  one.claim = ports::Claim{"north", 5, job_lease};
  const auto answer = taken(store->transact(one));
  EXPECT_THAT(ids_of(answer.changed), UnorderedElementsAre(job_id(1), part(1, 0), part(1, 1)));
  EXPECT_EQ(ids_of(answer.claimed), std::vector{job_id(1)});
}

TEST_P(JobStoreSuite, a_failed_part_ends_its_whole_and_the_others) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(4));
  ASSERT_EQ(claim(2).size(), 2U);
  const auto answer = finish(part(1, 0), failed_attempt(false));
  EXPECT_THAT(ids_of(answer.changed),
              UnorderedElementsAre(job_id(1), part(1, 0), part(1, 1), part(1, 2), part(1, 3)));
  EXPECT_EQ(state(1), jobs::JobState::failed);
  EXPECT_TRUE(find(job_id(1)).is_dead_letter);
  EXPECT_EQ(find(job_id(1)).error, failed_attempt().error);
  EXPECT_FALSE(find(part(1, 0)).is_dead_letter);
  EXPECT_TRUE(find(part(1, 1)).cancel_requested);
  EXPECT_EQ(find(part(1, 2)).state, jobs::JobState::cancelled);
  EXPECT_THAT(claim(9), IsEmpty());
}

TEST_P(JobStoreSuite, a_retried_whole_keeps_the_parts_that_are_completed) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(3));
  ASSERT_EQ(claim(3).size(), 3U);
  finish(part(1, 0), jobs::Completed{"", "zero"});
  finish(part(1, 1), failed_attempt(false));
  ASSERT_TRUE(store->retry(job_id(1), job_start));
  EXPECT_THAT(claim_ids(9), ElementsAre(job_id(1)));
  finish(job_id(1), fanned_out(3));
  EXPECT_EQ(find(job_id(1)).open_parts, 2U);
  // The part that still ran has lost its lease.
  auto late = batch();
  late.finishes = {{part(1, 2), 1, jobs::Completed{"", "late"}}};
  EXPECT_THAT(taken(store->transact(late)).finishes, ElementsAre(jobs::FinishResult::lease_lost));
  EXPECT_THAT(claim_ids(9), ElementsAre(part(1, 1), part(1, 2)));
  finish(part(1, 1), jobs::Completed{"", "one"});
  finish(part(1, 2), jobs::Completed{"", "two"});
  EXPECT_THAT(claim_ids(9), ElementsAre(job_id(1)));
  EXPECT_EQ(taken(store->part_outputs(job_id(1))),
            (std::vector<std::string>{"zero", "one", "two"}));
}

TEST_P(JobStoreSuite, a_cancelled_part_takes_its_whole_along) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(2));
  const auto changed = taken(store->cancel(part(1, 1), job_start));
  EXPECT_EQ(changed.front().job.id, part(1, 1));
  EXPECT_THAT(ids_of(changed), UnorderedElementsAre(job_id(1), part(1, 0), part(1, 1)));
  EXPECT_EQ(state(1), jobs::JobState::cancelled);
  expect_conflict(store->retry(part(1, 1), job_start), job_id(1).text());
}

TEST_P(JobStoreSuite, a_cancelled_whole_cancels_its_parts) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(3));
  ASSERT_EQ(claim(1).size(), 1U);
  const auto changed = taken(store->cancel(job_id(1), job_start));
  EXPECT_EQ(changed.front().job.id, job_id(1));
  EXPECT_EQ(changed.size(), 4U);
  EXPECT_TRUE(find(part(1, 0)).cancel_requested);
  EXPECT_EQ(find(part(1, 1)).state, jobs::JobState::cancelled);
  finish(part(1, 0), jobs::Completed{});
  EXPECT_EQ(find(part(1, 0)).state, jobs::JobState::cancelled);
}

}  // namespace hts::testing
