#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redis_pending_setup.hpp"

namespace hts::redis {
namespace {

using testing::completion_of;
using ::testing::ElementsAre;
using testing::failed_attempt;
using ::testing::IsEmpty;
using testing::job_id;
using testing::job_lease;
using testing::job_start;
using ::testing::Pair;
using testing::RedisPending;
using testing::submission_of;
using testing::taken;
using namespace std::chrono_literals;

TEST_F(RedisPending, a_job_that_runs_is_pending_under_its_worker_and_one_that_ended_is_not) {
  (void)taken(store_->transact(submission_of(1, 3)));
  EXPECT_THAT(holders(), IsEmpty());
  const auto first = claim("north", 1);
  const auto second = claim("south", 1);
  EXPECT_THAT(holders(),
              ElementsAre(Pair(job_id(1).text(), "north"), Pair(job_id(2).text(), "south")));
  (void)taken(store_->transact(completion_of(first)));
  EXPECT_THAT(holders(), ElementsAre(Pair(job_id(2).text(), "south")));
  (void)taken(store_->transact(completion_of(second)));
  EXPECT_THAT(holders(), IsEmpty());
  EXPECT_EQ(entries_of("queue:5"), 1) << "the third, which waits";
}

TEST_F(RedisPending, jobs_that_end_in_any_order_leave_nothing_behind) {
  (void)taken(store_->transact(submission_of(1, 300)));
  auto claimed = claim("north", 200);
  ASSERT_EQ(claimed.size(), 200U);
  const auto last_five = std::vector(claimed.end() - 5, claimed.end());
  (void)taken(store_->transact(completion_of(last_five)));
  EXPECT_EQ(holders().size(), 195U);
  EXPECT_EQ(entries_of("queue:5"), 295);
  std::vector<jobs::JobRecord> odd;
  for (std::size_t i = 1; i < 195; i += 2) odd.push_back(claimed[i]);
  (void)taken(store_->transact(completion_of(odd)));
  EXPECT_EQ(holders().size(), 98U);
  EXPECT_EQ(entries_of("queue:5"), 198);
  std::vector<jobs::JobRecord> even;
  for (std::size_t i = 0; i < 195; i += 2) even.push_back(claimed[i]);
  (void)taken(store_->transact(completion_of(even)));
  EXPECT_THAT(holders(), IsEmpty());
  EXPECT_EQ(entries_of("queue:5"), 100);
  EXPECT_EQ(claim("south", 300).size(), 100U);
}

TEST_F(RedisPending, a_job_that_went_back_is_held_by_nobody_until_it_is_claimed_again) {
  (void)taken(store_->transact(submission_of(1, 1)));
  finish(claim("north", 1).at(0), failed_attempt());
  EXPECT_THAT(holders(), IsEmpty());
  const auto again = claim("south", 1, job_start + 1h);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_THAT(holders(), ElementsAre(Pair(job_id(1).text(), "south")));
  finish(again[0], failed_attempt(false));
  EXPECT_THAT(holders(), IsEmpty());
  (void)taken(store_->retry(job_id(1), job_start));
  EXPECT_EQ(claim("east", 1).size(), 1U);
  EXPECT_THAT(holders(), ElementsAre(Pair(job_id(1).text(), "east")));
}

TEST_F(RedisPending, what_runs_does_not_count_as_queued) {
  (void)taken(store_->transact(submission_of(1, 5)));
  (void)claim("north", 2);
  const auto counts = taken(store_->counts());
  EXPECT_EQ(counts.queued, 3U);
  EXPECT_EQ(counts.queued_by_priority.at(5), 3U);
}

TEST_F(RedisPending, what_came_back_stands_before_what_was_never_handed_out) {
  (void)taken(store_->transact(submission_of(1, 4)));
  const auto first = claim("north", 2);
  finish(first.at(1), jobs::HandedBack{"", {}});
  const auto next = claim("south", 3);
  ASSERT_EQ(next.size(), 3U);
  EXPECT_EQ(next[0].job.id, job_id(2));
  EXPECT_EQ(next[1].job.id, job_id(3));
}

/// An earlier program dropped entries as it read them and kept no list of pending ones.
TEST_F(RedisPending, jobs_that_run_since_an_earlier_program_end_and_come_back_as_others_do) {
  (void)taken(store_->transact(submission_of(1, 3)));
  const auto claimed = claim("north", 2);
  for (const char* number : {"1-0", "2-0"}) {
    acknowledge("queue:5", number);
    remove_entry("queue:5", number);
  }
  EXPECT_EQ(taken(store_->counts()).queued_by_priority.at(5), 1U);
  finish(claimed.at(0), jobs::Completed{"run", ""});
  EXPECT_EQ(claim("south", 3, job_start + job_lease + 1s).size(), 2U);
  EXPECT_THAT(holders(),
              ElementsAre(Pair(job_id(2).text(), "south"), Pair(job_id(3).text(), "south")));
  EXPECT_EQ(taken(store_->counts()).running, 2U);
}

}  // namespace
}  // namespace hts::redis
