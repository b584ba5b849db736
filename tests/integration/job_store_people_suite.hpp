#pragma once

#include "job_store_fixture.hpp"

/// What people ask of jobs and do to them.
namespace hts::testing {

// --- what people do ---

TEST_P(JobStoreSuite, cancelling_ends_what_waits_and_asks_what_runs) {
  submit(1);
  submit(2, 0);
  ASSERT_THAT(claim_ids(1), ElementsAre(job_id(1)));
  EXPECT_EQ(taken(store->cancel(job_id(2), job_start)).at(0).state, jobs::JobState::cancelled);
  const auto running = taken(store->cancel(job_id(1), job_start));
  EXPECT_EQ(running.at(0).state, jobs::JobState::running);
  EXPECT_TRUE(running.at(0).cancel_requested);
  EXPECT_EQ(running.at(0).job.request, "");
  finish(job_id(1), jobs::Completed{"run", ""});
  EXPECT_EQ(state(1), jobs::JobState::cancelled);
  EXPECT_EQ(taken(store->cancel(job_id(1), job_start + 9s)).at(0).finished_at, job_start);
  EXPECT_THAT(claim(9), IsEmpty());
  expect_not_found(store->cancel(job_id(3), job_start));
}

TEST_P(JobStoreSuite, what_is_over_is_not_cancelled_and_what_is_open_not_retried) {
  submit(1);
  expect_conflict(store->retry(job_id(1), job_start), "queued");
  ASSERT_EQ(claim(1).size(), 1U);
  expect_conflict(store->retry(job_id(1), job_start), "running");
  finish(job_id(1), jobs::Completed{});
  expect_conflict(store->cancel(job_id(1), job_start), "completed");
  expect_conflict(store->retry(job_id(1), job_start), "completed");
  expect_not_found(store->retry(job_id(2), job_start));
}

TEST_P(JobStoreSuite, a_retried_job_begins_anew) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), failed_attempt(false));
  const auto retried = taken(store->retry(job_id(1), job_start + 1s));
  ASSERT_EQ(retried.size(), 1U);
  EXPECT_EQ(retried.at(0).state, jobs::JobState::queued);
  EXPECT_EQ(retried.at(0).attempts, 0U);
  EXPECT_FALSE(retried.at(0).is_dead_letter);
  const auto claimed = claim(1, job_start + 1s);
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed.at(0).lease->token, 2U);
  EXPECT_EQ(claimed.at(0).job, new_job(1));
}

TEST_P(JobStoreSuite, dead_letters_are_requeued_or_dropped_one_or_all) {
  for (std::uint64_t number = 1; number <= 6; ++number) submit(number);
  ASSERT_EQ(claim(6).size(), 6U);
  for (std::uint64_t number = 1; number <= 5; ++number)
    finish(job_id(number), failed_attempt(false));
  finish(job_id(6), jobs::WorkCancelled{});
  EXPECT_EQ(taken(store->counts()).dead_letters, 5U);
  EXPECT_EQ(taken(store->requeue_dead_letters(job_id(1), job_start)), 1U);
  EXPECT_EQ(state(1), jobs::JobState::queued);
  expect_conflict(store->requeue_dead_letters(job_id(1), job_start), "queued");
  expect_conflict(store->requeue_dead_letters(job_id(6), job_start), "cancelled");
  EXPECT_EQ(state(6), jobs::JobState::cancelled);
  EXPECT_EQ(taken(store->drop_dead_letters(job_id(2))), 1U);
  EXPECT_EQ(state(2), jobs::JobState::failed);
  expect_conflict(store->drop_dead_letters(job_id(2)), "failed");
  EXPECT_EQ(taken(store->requeue_dead_letters(std::nullopt, job_start)), 3U);
  EXPECT_EQ(taken(store->counts()).dead_letters, 0U);
  EXPECT_EQ(claim(9).size(), 4U);
  EXPECT_EQ(taken(store->drop_dead_letters(std::nullopt)), 0U);
  expect_not_found(store->drop_dead_letters(job_id(7)));
  expect_not_found(store->requeue_dead_letters(job_id(7), job_start));
}

TEST_P(JobStoreSuite, a_clean_up_takes_what_ended_first_and_no_dead_letters) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    auto job = new_job(number);
    job.idempotency_key = "key " + std::to_string(number);
    ASSERT_EQ(submit(job).result, SubmitResult::accepted);
  }
  ASSERT_EQ(claim(4).size(), 4U);
  finish(job_id(1), failed_attempt(false), job_start);
  finish(job_id(2), jobs::Completed{"run", "out"}, job_start + 2s);
  finish(job_id(3), jobs::Completed{}, job_start + 1s);
  EXPECT_EQ(taken(store->clean_up(job_start + 2s, 1)), 1U);
  expect_not_found(store->find(job_id(3)));
  EXPECT_EQ(taken(store->clean_up(job_start + 2s, 9)), 0U);
  EXPECT_EQ(taken(store->clean_up(job_start + 1h, 9)), 1U);
  EXPECT_THAT(list(), ElementsAre(job_id(5), job_id(4), job_id(1)));
  // The key is free again.
  auto again = new_job(2);
  again.idempotency_key = "key 2";
  again.request = "another";
  EXPECT_EQ(submit(again).result, SubmitResult::accepted);
  EXPECT_EQ(find(job_id(2)).output, "");
}

TEST_P(JobStoreSuite, parts_go_with_their_whole) {
  submit(1);
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(1), fanned_out(3));
  ASSERT_EQ(claim(1).size(), 1U);
  ASSERT_TRUE(store->cancel(job_id(1), job_start));
  EXPECT_EQ(taken(store->clean_up(job_start + 1s, 1)), 1U);
  for (std::uint32_t number = 0; number < 3; ++number) {
    expect_not_found(store->find(part(1, number)));
  }
  auto late = batch();
  late.finishes = {{part(1, 0), 1, jobs::Completed{}}};
  late.recover = true;
  EXPECT_THAT(taken(store->transact(late)).finishes, ElementsAre(jobs::FinishResult::lease_lost));
  EXPECT_EQ(taken(store->counts()).running, 0U);
}

// --- lists and counts ---

TEST_P(JobStoreSuite, lists_are_newest_first_in_pages_without_texts_and_parts) {
  for (std::uint64_t number = 1; number <= 5; ++number) submit(number, static_cast<int>(number));
  ASSERT_EQ(claim(1).size(), 1U);
  finish(job_id(5), fanned_out(2));
  EXPECT_THAT(list(), ElementsAre(job_id(5), job_id(4), job_id(3), job_id(2), job_id(1)));
  EXPECT_THAT(list({}, 1, 2), ElementsAre(job_id(4), job_id(3)));
  EXPECT_THAT(list({}, 5, 2), IsEmpty());
  EXPECT_THAT(list({}, 0, 0), IsEmpty());
  const auto page = taken(store->list({}, 3, 1));
  EXPECT_EQ(page.total, 5U);
  EXPECT_EQ(page.jobs.at(0).job.request, "");
}

TEST_P(JobStoreSuite, lists_are_filtered_by_state_kind_dead_letter_and_whole) {
  for (std::uint64_t number = 1; number <= 8; ++number) {
    auto job = new_job(number);
    job.kind = number % 2 == 0 ? "sweep" : "backtest";
    job.priority = static_cast<int>(9 - number);
    ASSERT_EQ(submit(job).result, SubmitResult::accepted);
  }
  ASSERT_EQ(claim(5).size(), 5U);
  finish(job_id(1), jobs::Completed{});
  finish(job_id(2), failed_attempt(false));
  finish(job_id(3), failed_attempt(false));
  finish(job_id(4), fanned_out(2));
  finish(job_id(5), failed_attempt(true, 1h));
  ASSERT_TRUE(store->drop_dead_letters(job_id(3)));
  using jobs::JobState;
  const auto filtered = [&](const ports::JobFilter& filter) {
    const auto page = taken(store->list(filter, 0, 100));
    EXPECT_EQ(page.total, page.jobs.size());
    return ids_of(page.jobs);
  };
  EXPECT_THAT(filtered(job_filter(JobState::queued)),
              ElementsAre(job_id(8), job_id(7), job_id(6), job_id(5)));
  EXPECT_THAT(filtered(job_filter(JobState::queued, "sweep")), ElementsAre(job_id(8), job_id(6)));
  EXPECT_THAT(filtered(job_filter(JobState::running)), ElementsAre(job_id(4)));
  EXPECT_THAT(filtered(job_filter(JobState::failed)), ElementsAre(job_id(3), job_id(2)));
  EXPECT_THAT(filtered(job_filter({}, {}, true)), ElementsAre(job_id(2)));
  EXPECT_THAT(filtered(job_filter(JobState::failed, {}, false)), ElementsAre(job_id(3)));
  EXPECT_THAT(filtered(job_filter(JobState::completed, {}, true)), IsEmpty());
  EXPECT_THAT(filtered(job_filter({}, "backtest", false)),
              ElementsAre(job_id(7), job_id(5), job_id(3), job_id(1)));
  EXPECT_THAT(filtered(job_filter({}, "nothing")), IsEmpty());
  EXPECT_THAT(filtered(job_filter({}, {}, {}, job_id(4))), ElementsAre(part(4, 1), part(4, 0)));
  EXPECT_THAT(filtered(job_filter(JobState::running, {}, {}, job_id(4))), IsEmpty());
  EXPECT_THAT(filtered(job_filter(JobState::queued, "sweep_part", {}, job_id(4))),
              ElementsAre(part(4, 1), part(4, 0)));
  EXPECT_THAT(filtered(job_filter({}, {}, {}, job_id(1))), IsEmpty());
  EXPECT_EQ(taken(store->list(job_filter(JobState::queued), 1, 2)).total, 4U);
  EXPECT_THAT(list(job_filter(JobState::queued), 1, 2), ElementsAre(job_id(7), job_id(6)));
}

TEST_P(JobStoreSuite, counts_say_where_all_jobs_are) {
  const auto empty = taken(store->counts());
  EXPECT_EQ(empty.queued, 0U);
  EXPECT_EQ(empty.queued_by_priority, std::vector<std::uint64_t>(10));
  EXPECT_FALSE(empty.oldest_queued_at);
  EXPECT_FALSE(empty.next_available_at);
  for (std::uint64_t number = 1; number <= 7; ++number) {
    submit(number, number <= 5 ? 9 : static_cast<int>(number) - 5);
  }
  ASSERT_EQ(claim(5).size(), 5U);
  finish(job_id(1), jobs::Completed{});
  finish(job_id(2), failed_attempt(false));
  finish(job_id(3), failed_attempt(true, 20s));
  finish(job_id(4), fanned_out(3));
  ASSERT_TRUE(store->cancel(job_id(7), job_start));
  const auto counts = taken(store->counts());
  EXPECT_EQ(counts.queued, 5U);
  EXPECT_EQ(counts.running, 2U);
  EXPECT_EQ(counts.completed, 1U);
  EXPECT_EQ(counts.failed, 1U);
  EXPECT_EQ(counts.dead_letters, 1U);
  EXPECT_EQ(counts.cancelled, 1U);
  EXPECT_THAT(counts.queued_by_priority, ElementsAre(0, 1, 0, 0, 0, 3, 0, 0, 0, 1));
  EXPECT_EQ(counts.oldest_queued_at, new_job(3).created_at);
  EXPECT_EQ(counts.next_available_at, job_start + 20s);
  EXPECT_FALSE(counts.paused);
  ASSERT_EQ(claim(9, job_start + 20s).size(), 5U);
  EXPECT_FALSE(taken(store->counts()).next_available_at);
  EXPECT_FALSE(taken(store->counts()).oldest_queued_at);
}

TEST_P(JobStoreSuite, an_empty_batch_does_nothing) {
  const auto answer = taken(store->transact(batch()));
  EXPECT_TRUE(answer.submits.empty() && answer.finishes.empty() && answer.heartbeats.empty() &&
              answer.changed.empty() && answer.claimed.empty());
}

TEST_P(JobStoreSuite, what_is_not_there_is_not_found) {
  expect_not_found(store->find(job_id(1)));
}

}  // namespace hts::testing
