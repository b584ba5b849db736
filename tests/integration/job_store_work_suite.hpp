#pragma once

#include "job_store_fixture.hpp"

/// Clients that submit and workers that claim and end jobs.
namespace hts::testing {

// --- submissions ---

TEST_P(JobStoreSuite, an_accepted_job_is_found_with_every_field) {
  auto job = new_job(1);
  job.kind = "sweep";
  job.request = std::string{"{\"t\": \"한국 '\\\" \n"} + '\0' + "}";
  job.priority = 9;
  job.timeout = 77s;
  job.max_attempts = 9;
  job.idempotency_key = "key ' \" ü";
  const auto answer = submit(job);
  EXPECT_EQ(answer.result, SubmitResult::accepted);
  EXPECT_EQ(answer.id, job.id);
  EXPECT_EQ(answer.state, jobs::JobState::queued);
  EXPECT_EQ(answer.created_at, job.created_at);
  reopen();
  const auto record = find(job.id);
  EXPECT_EQ(record, jobs::accept(job, record.sequence));
}

TEST_P(JobStoreSuite, a_long_request_comes_back_whole) {
  auto job = new_job(1);
  job.request = std::string(8 << 20, 'x');
  job.request.back() = 'y';
  ASSERT_EQ(submit(job).result, SubmitResult::accepted);
  EXPECT_TRUE(find(job.id).job.request == job.request);
  EXPECT_TRUE(claim(1).at(0).job.request == job.request);
}

TEST_P(JobStoreSuite, an_id_is_accepted_once_whatever_became_of_it) {
  submit(1);
  auto again = new_job(1);
  again.request = "another";
  EXPECT_EQ(submit(again, 0).result, SubmitResult::existing);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), jobs::Completed{"run", ""});
  const auto answer = submit(again);
  EXPECT_EQ(answer.result, SubmitResult::existing);
  EXPECT_EQ(answer.id, job_id(1));
  EXPECT_EQ(answer.state, jobs::JobState::completed);
  EXPECT_EQ(answer.created_at, new_job(1).created_at);
  EXPECT_EQ(find(job_id(1)).job, new_job(1));
}

TEST_P(JobStoreSuite, a_key_stands_for_one_kind_and_request) {
  auto first = new_job(1);
  first.idempotency_key = "order 66";
  ASSERT_EQ(submit(first).result, SubmitResult::accepted);
  auto again = first;
  again.id = job_id(2);
  again.created_at += 1h;
  const auto same = submit(again, 0);
  EXPECT_EQ(same.result, SubmitResult::existing);
  EXPECT_EQ(same.id, job_id(1));
  EXPECT_EQ(same.created_at, first.created_at);
  again.request += ' ';
  const auto other = submit(again);
  EXPECT_EQ(other.result, SubmitResult::conflict);
  EXPECT_EQ(other.id, job_id(1));
  again.request = first.request;
  again.kind = "sweep";
  EXPECT_EQ(submit(again).result, SubmitResult::conflict);
  expect_not_found(store->find(job_id(2)));
}

TEST_P(JobStoreSuite, one_batch_answers_each_of_its_submissions_in_order) {
  auto one = batch();
  one.capacity = 2;
  auto keyed = new_job(2);
  keyed.idempotency_key = "key";
  auto same = new_job(3);
  same.request = keyed.request;
  same.idempotency_key = "key";
  one.submits = {new_job(1), new_job(1), keyed, same, new_job(4), new_job(2)};
  const auto answer = taken(store->transact(one));
  std::vector<SubmitResult> results;
  for (const auto& each : answer.submits) results.push_back(each.result);
  EXPECT_THAT(results,
              ElementsAre(SubmitResult::accepted, SubmitResult::existing, SubmitResult::accepted,
                          SubmitResult::existing, SubmitResult::full, SubmitResult::existing));
  EXPECT_EQ(answer.submits.at(3).id, job_id(2));
  EXPECT_EQ(taken(store->counts()).queued, 2U);
}

TEST_P(JobStoreSuite, the_bound_counts_delayed_jobs_but_no_parts_and_none_that_run) {
  submit(1);
  submit(2);
  EXPECT_EQ(submit(new_job(3), 2).result, SubmitResult::full);
  ASSERT_EQ(claim(1).size(), 1U);
  EXPECT_EQ(submit(new_job(3), 2).result, SubmitResult::accepted);
  finish(job_id(1), failed_attempt(true, 1h));
  EXPECT_EQ(submit(new_job(4), 3).result, SubmitResult::full);
  EXPECT_EQ(submit(new_job(4), 4).result, SubmitResult::accepted);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(2), fanned_out(5));
  EXPECT_EQ(submit(new_job(5), 3).result, SubmitResult::full);
  EXPECT_EQ(submit(new_job(5), 4).result, SubmitResult::accepted);
}

// --- claims ---

TEST_P(JobStoreSuite, the_highest_priority_goes_first_then_the_oldest) {
  submit(1, 5);
  submit(2, 9);
  submit(3, 0);
  submit(4, 5);
  submit(5, 9);
  EXPECT_THAT(claim_ids(3), ElementsAre(job_id(2), job_id(5), job_id(1)));
  EXPECT_THAT(claim_ids(9), ElementsAre(job_id(4), job_id(3)));
  EXPECT_THAT(claim_ids(9), IsEmpty());
}

TEST_P(JobStoreSuite, a_claimed_job_comes_with_request_and_lease) {
  submit(1);
  const auto claimed = claim(1, job_start + 1s, "south");
  ASSERT_EQ(claimed.size(), 1U);
  auto expected = jobs::accept(new_job(1), claimed.front().sequence);
  jobs::claim(expected, "south", job_start + 1s, job_lease);
  EXPECT_EQ(comparable(claimed), comparable({expected}));
  EXPECT_EQ(comparable({find(job_id(1))}), comparable({expected}));
}

TEST_P(JobStoreSuite, a_job_may_be_claimed_by_the_batch_that_submits_it) {
  auto one = batch();
  one.submits = {new_job(1), new_job(2)};
  one.claim = ports::Claim{"north", 1, job_lease};
  const auto answer = taken(store->transact(one));
  EXPECT_EQ(ids_of(answer.claimed), std::vector{job_id(1)});
  EXPECT_THAT(answer.changed, IsEmpty());
}

TEST_P(JobStoreSuite, a_job_is_claimed_though_it_was_created_by_a_clock_ahead) {
  auto job = new_job(1);
  job.created_at = job_start + 1h;
  ASSERT_EQ(submit(job).result, SubmitResult::accepted);
  EXPECT_EQ(claim(1).size(), 1U);
}

TEST_P(JobStoreSuite, a_delayed_job_waits_for_its_time) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), failed_attempt(true, 10s));
  submit(2, 0);
  EXPECT_THAT(claim_ids(1, job_start + 10s - 1ms), ElementsAre(job_id(2)));
  reopen();
  EXPECT_THAT(claim_ids(1, job_start + 10s), ElementsAre(job_id(1)));
}

TEST_P(JobStoreSuite, a_paused_queue_accepts_and_hands_out_nothing) {
  ASSERT_TRUE(store->set_paused(true));
  submit(1);
  EXPECT_THAT(claim(1), IsEmpty());
  reopen();
  EXPECT_TRUE(taken(store->counts()).paused);
  EXPECT_THAT(claim(1), IsEmpty());
  ASSERT_TRUE(store->set_paused(false));
  EXPECT_EQ(claim(1).size(), 1U);
}

// --- ends and heartbeats ---

TEST_P(JobStoreSuite, every_way_of_ending_is_kept) {
  for (std::uint64_t number = 1; number <= 5; ++number) submit(number);
  ASSERT_EQ(claim(5).size(), 5U);
  finish(job_id(1), jobs::Completed{"run 1", R"({"gain":1.5})"}, job_start + 1s);
  finish(job_id(2), failed_attempt(false), job_start + 2s);
  finish(job_id(3), jobs::HandedBack{"No candles here.", 5s}, job_start + 3s);
  finish(job_id(4), jobs::WorkCancelled{}, job_start + 4s);
  finish(job_id(5), failed_attempt(true, 5s), job_start + 5s);
  reopen();
  const auto completed = find(job_id(1));
  EXPECT_EQ(completed.state, jobs::JobState::completed);
  EXPECT_EQ(completed.run_id, "run 1");
  EXPECT_EQ(completed.output, R"({"gain":1.5})");
  EXPECT_EQ(completed.progress, 1);
  EXPECT_EQ(completed.finished_at, job_start + 1s);
  const auto failed = find(job_id(2));
  EXPECT_EQ(failed.state, jobs::JobState::failed);
  EXPECT_TRUE(failed.is_dead_letter);
  EXPECT_EQ(failed.error, failed_attempt().error);
  const auto handed_back = find(job_id(3));
  EXPECT_EQ(handed_back.state, jobs::JobState::queued);
  EXPECT_EQ(handed_back.hand_backs, 1U);
  EXPECT_EQ(handed_back.available_at, job_start + 8s);
  EXPECT_EQ(handed_back.error->message, "No candles here.");
  EXPECT_EQ(state(4), jobs::JobState::cancelled);
  const auto waits = find(job_id(5));
  EXPECT_EQ(waits.attempts, 1U);
  EXPECT_EQ(waits.available_at, job_start + 10s);
  for (std::uint64_t number = 1; number <= 5; ++number) {
    EXPECT_THAT(jobs::faults_of(find(job_id(number))), IsEmpty());
  }
}

TEST_P(JobStoreSuite, an_end_told_twice_counts_once_and_a_late_one_not_at_all) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  auto one = batch(job_start + job_lease);
  one.recover = true;
  (void)taken(store->transact(one));
  ASSERT_EQ(claim(1, job_start + job_lease).size(), 1U);
  auto told = batch(job_start + job_lease);
  told.finishes = {{job_id(1), 1, jobs::Completed{"late", ""}},
                   {job_id(1), 2, jobs::Completed{"run", ""}},
                   {job_id(1), 2, jobs::Completed{"run", ""}},
                   {job_id(1), 3, jobs::Completed{"never", ""}},
                   {job_id(2), 1, jobs::Completed{"nobody", ""}}};
  using enum jobs::FinishResult;
  for (int times = 0; times < 2; ++times) {
    const auto answer = taken(store->transact(told));
    EXPECT_THAT(answer.finishes, ElementsAre(lease_lost, done, done, lease_lost, lease_lost));
    EXPECT_EQ(answer.changed.size(), times == 0 ? 1U : 0U);
    EXPECT_EQ(find(job_id(1)).run_id, "run");
  }
}

TEST_P(JobStoreSuite, heartbeats_keep_the_lease_and_carry_progress) {
  submit(1);
  submit(2);
  ASSERT_EQ(claim(2).size(), 2U);
  ASSERT_TRUE(store->cancel(job_id(2), job_start));
  auto beat = batch(job_start + 20s);
  beat.heartbeats = {
      {job_id(1), 1, 0.25}, {job_id(2), 1, 0.5}, {job_id(1), 7, 0.9}, {job_id(3), 1, 0.9}};
  using enum jobs::HeartbeatResult;
  EXPECT_THAT(taken(store->transact(beat)).heartbeats,
              ElementsAre(kept, cancel_requested, lease_lost, lease_lost));
  EXPECT_EQ(find(job_id(1)).progress, 0.25);
  EXPECT_EQ(find(job_id(1)).lease->until, job_start + 20s + job_lease);
  EXPECT_THAT(recover(job_start + 40s).changed, IsEmpty());
  EXPECT_EQ(recover(job_start + 20s + job_lease).changed.size(), 2U);
}

TEST_P(JobStoreSuite, a_lease_is_over_from_its_end_on) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  EXPECT_THAT(recover(job_start + job_lease - 1ms).changed, IsEmpty());
  const auto changed = recover(job_start + job_lease).changed;
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed.front().state, jobs::JobState::queued);
  EXPECT_EQ(changed.front().lease_losses, 1U);
  EXPECT_THAT(claim(1, job_start + job_lease).at(0).lease->token, 2U);
}

TEST_P(JobStoreSuite, changes_come_once_each_without_texts) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  auto one = batch();
  one.finishes = {{job_id(1), 1, jobs::Completed{"run", "output"}}};
  const auto changed = taken(store->transact(one)).changed;
  ASSERT_EQ(changed.size(), 1U);
  auto expected = find(job_id(1));
  EXPECT_EQ(expected.output, "output");
  expected.job.request.clear();
  expected.output.clear();
  EXPECT_EQ(comparable(changed), comparable({expected}));
}

TEST_P(JobStoreSuite, what_a_batch_ends_it_may_claim_again) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  auto one = batch();
  one.finishes = {{job_id(1), 1, failed_attempt()}};
  one.claim = ports::Claim{"south", 1, job_lease};
  const auto answer = taken(store->transact(one));
  ASSERT_EQ(answer.changed.size(), 1U);
  EXPECT_EQ(answer.changed.front().state, jobs::JobState::queued);
  ASSERT_EQ(answer.claimed.size(), 1U);
  EXPECT_EQ(answer.claimed.front().lease->token, 2U);
  EXPECT_EQ(answer.claimed.front().attempts, 1U);
}

TEST_P(JobStoreSuite, a_released_worker_holds_nothing) {
  submit(1);
  submit(2);
  ASSERT_EQ(claim(1).size(), 1U);
  ASSERT_EQ(claim(1, job_start, "south").size(), 1U);
  const auto released = taken(store->release("south", job_start + 1s));
  EXPECT_EQ(ids_of(released), std::vector{job_id(2)});
  EXPECT_EQ(state(1), jobs::JobState::running);
  EXPECT_EQ(state(2), jobs::JobState::queued);
  EXPECT_EQ(find(job_id(2)).lease_losses, 1U);
  EXPECT_THAT(taken(store->release("nobody", job_start)), IsEmpty());
}

}  // namespace hts::testing
