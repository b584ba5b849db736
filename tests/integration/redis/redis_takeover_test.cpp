#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redis_pending_setup.hpp"

/// What becomes of an entry whose worker is gone.
namespace hts::redis {
namespace {

using testing::completion_of;
using ::testing::ElementsAre;
using testing::failed_attempt;
using testing::Holder;
using ::testing::IsEmpty;
using testing::job_id;
using testing::job_lease;
using testing::job_start;
using ::testing::Pair;
using testing::submission_of;
using testing::taken;
using namespace std::chrono_literals;

constexpr time::Timestamp after_lease = job_start + job_lease + 1s;

class RedisTakeover : public testing::RedisPending {
 protected:
  [[nodiscard]] auto held_by(std::uint64_t number, const std::string& worker,
                             std::int64_t deliveries) {
    return Pair(job_id(number).text(), Holder{worker, deliveries});
  }
  void expect_no_entries() {
    EXPECT_THAT(pending(), IsEmpty());
    EXPECT_EQ(entries_of("queue:5"), 0);
    EXPECT_EQ(entries_of("again:5"), 0);
  }
};

TEST_F(RedisTakeover, a_lost_job_is_pending_under_the_dead_worker_until_another_claims_it) {
  (void)taken(store_->transact(submission_of(1, 1)));
  (void)claim("north", 1);
  recover(after_lease);
  EXPECT_EQ(taken(store_->counts()).queued_by_priority.at(5), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "north", 1)));
  EXPECT_EQ(claim("south", 1, after_lease).size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 2)));
  EXPECT_EQ(claim("east", 1, after_lease + job_lease).size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "east", 3)));
  EXPECT_EQ(entries_of("queue:5"), 1);
  EXPECT_EQ(entries_of("again:5"), 0);
}

TEST_F(RedisTakeover, a_worker_that_starts_again_takes_its_own_over) {
  (void)taken(store_->transact(submission_of(1, 2)));
  (void)claim("north", 1);
  (void)claim("south", 1);
  EXPECT_EQ(taken(store_->release("north", job_start)).size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "north", 1), held_by(2, "south", 1)));
  const auto claimed = claim("north", 2);
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].job.id, job_id(1));
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "north", 2), held_by(2, "south", 1)));
}

TEST_F(RedisTakeover, only_what_was_lost_is_taken_over) {
  (void)taken(store_->transact(submission_of(1, 5)));
  (void)claim("west", 1, job_start + 10s);
  (void)claim("north", 2);
  (void)claim("east", 2, job_start + 10s);
  EXPECT_EQ(claim("south", 9, after_lease).size(), 2U);
  EXPECT_THAT(pending(),
              ElementsAre(held_by(1, "west", 1), held_by(2, "south", 2), held_by(3, "south", 2),
                          held_by(4, "east", 1), held_by(5, "east", 1)));
}

TEST_F(RedisTakeover, a_worker_that_was_only_cut_off_changes_nothing_when_it_is_back) {
  (void)taken(store_->transact(submission_of(1, 1)));
  const auto lost = claim("north", 1);
  recover(after_lease);
  const auto late = taken(store_->transact(completion_of(lost)));
  EXPECT_THAT(late.finishes, ElementsAre(jobs::FinishResult::lease_lost));
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "north", 1)));
  const auto claimed = claim("south", 1, after_lease);
  (void)taken(store_->transact(completion_of(lost)));
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 2)));
  (void)taken(store_->transact(completion_of(claimed)));
  expect_no_entries();
}

TEST_F(RedisTakeover, a_job_that_had_come_back_before_is_taken_over_where_its_entry_is) {
  (void)taken(store_->transact(submission_of(1, 1)));
  finish(claim("north", 1).at(0), failed_attempt());
  (void)claim("north", 1);
  EXPECT_EQ(entries_of("again:5"), 1);
  const auto claimed = claim("south", 1, after_lease);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 2)));
  EXPECT_EQ(entries_of("again:5"), 1);
  (void)taken(store_->transact(completion_of(claimed)));
  expect_no_entries();
}

TEST_F(RedisTakeover, jobs_taken_over_and_jobs_that_went_back_are_handed_out_together) {
  (void)taken(store_->transact(submission_of(1, 5)));
  const auto claimed = claim("north", 4);
  finish(claimed.at(0), jobs::HandedBack{"", {}});
  finish(claimed.at(2), failed_attempt());
  const auto taken_now = claim("south", 5, after_lease);
  ASSERT_EQ(taken_now.size(), 5U);
  EXPECT_THAT(pending(),
              ElementsAre(held_by(1, "south", 1), held_by(2, "south", 2), held_by(3, "south", 1),
                          held_by(4, "south", 2), held_by(5, "south", 1)));
  EXPECT_EQ(entries_of("queue:5"), 3);
  EXPECT_EQ(entries_of("again:5"), 2);
  (void)taken(store_->transact(completion_of(taken_now)));
  expect_no_entries();
}

TEST_F(RedisTakeover, a_lost_job_that_is_cancelled_leaves_nothing_behind) {
  (void)taken(store_->transact(submission_of(1, 2)));
  const auto claimed = claim("north", 2);
  finish(claimed.at(1), jobs::HandedBack{"", {}});
  (void)claim("north", 1);
  EXPECT_EQ(entries_of("again:5"), 1);
  recover(after_lease);
  (void)taken(store_->cancel(job_id(1), after_lease));
  EXPECT_THAT(holders(), ElementsAre(Pair(job_id(2).text(), "north")));
  (void)taken(store_->cancel(job_id(2), after_lease));
  expect_no_entries();
  (void)taken(store_->retry(job_id(1), after_lease));
  EXPECT_THAT(claim("south", 1, after_lease), ::testing::SizeIs(1));
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 1)));
  EXPECT_EQ(taken(store_->clean_up(after_lease + 1h, 10)), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 1)));
}

TEST_F(RedisTakeover, a_job_whose_worker_dies_during_its_cancellation_leaves_nothing_behind) {
  (void)taken(store_->transact(submission_of(1, 1)));
  (void)claim("north", 1);
  (void)taken(store_->cancel(job_id(1), job_start));
  recover(after_lease);
  EXPECT_EQ(taken(store_->find(job_id(1))).state, jobs::JobState::cancelled);
  expect_no_entries();
}

TEST_F(RedisTakeover, a_job_that_is_given_up_after_its_last_loss_leaves_nothing_behind) {
  (void)taken(store_->transact(submission_of(1, 1)));
  time::Timestamp now = job_start;
  for (std::uint32_t loss = 1; loss <= jobs::most_lease_losses; ++loss) {
    ASSERT_EQ(claim("worker" + std::to_string(loss), 1, now).size(), 1U);
    EXPECT_THAT(pending(), ElementsAre(held_by(1, "worker" + std::to_string(loss), loss)));
    now += job_lease;
    recover(now);
  }
  EXPECT_TRUE(taken(store_->find(job_id(1))).is_dead_letter);
  expect_no_entries();
  EXPECT_EQ(taken(store_->requeue_dead_letters({}, now)), 1U);
  EXPECT_EQ(claim("east", 1, now).size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "east", 1)));
  EXPECT_EQ(entries_of("queue:5"), 0);
}

TEST_F(RedisTakeover, a_paused_queue_leaves_lost_jobs_where_they_are) {
  (void)taken(store_->transact(submission_of(1, 1)));
  (void)claim("north", 1);
  ASSERT_TRUE(store_->set_paused(true));
  EXPECT_THAT(claim("south", 1, after_lease), IsEmpty());
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "north", 1)));
  ASSERT_TRUE(store_->set_paused(false));
  EXPECT_EQ(claim("south", 1, after_lease).size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 2)));
}

TEST_F(RedisTakeover, what_ends_around_a_lost_job_does_not_cut_it_off) {
  (void)taken(store_->transact(submission_of(1, 300)));
  const auto early = claim("west", 100, job_start + 10s);
  (void)claim("north", 1);
  const auto late = claim("east", 199, job_start + 10s);
  recover(after_lease);
  (void)taken(store_->transact(completion_of(late)));
  EXPECT_EQ(entries_of("queue:5"), 101);
  (void)taken(store_->transact(completion_of(early)));
  EXPECT_THAT(pending(), ElementsAre(held_by(101, "north", 1)));
  EXPECT_EQ(entries_of("queue:5"), 1);
  (void)taken(store_->transact(completion_of(claim("south", 300, after_lease))));
  expect_no_entries();
}

TEST_F(RedisTakeover, a_server_that_is_killed_still_knows_who_lost_what) {
  (void)taken(store_->transact(submission_of(1, 3)));
  (void)claim("north", 2);
  (void)claim("south", 1, after_lease);
  recover(after_lease + job_lease);
  const auto before = pending();
  EXPECT_THAT(before, ElementsAre(held_by(1, "south", 2), held_by(2, "north", 1)));
  restart_server();
  EXPECT_EQ(pending(), before);
  const auto claimed = claim("east", 3, after_lease + job_lease);
  EXPECT_THAT(pending(),
              ElementsAre(held_by(1, "east", 3), held_by(2, "east", 2), held_by(3, "east", 1)));
  restart_server();
  (void)taken(store_->transact(completion_of(claimed)));
  expect_no_entries();
}

/// An earlier program took the entry off when the lease was lost.
TEST_F(RedisTakeover, lost_jobs_of_an_earlier_program_get_an_entry_when_they_are_claimed) {
  (void)taken(store_->transact(submission_of(1, 2)));
  (void)claim("north", 2);
  recover(after_lease);
  acknowledge("queue:5", "1-0");
  remove_entry("queue:5", "1-0");
  const auto claimed = claim("south", 2, after_lease);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 1), held_by(2, "south", 2)));
  EXPECT_EQ(entries_of("queue:5"), 1);
  EXPECT_EQ(entries_of("again:5"), 1);
  (void)taken(store_->transact(completion_of(claimed)));
  expect_no_entries();
}

TEST_F(RedisTakeover, an_entry_that_somebody_removed_is_made_anew_and_no_others_is_taken) {
  (void)taken(store_->transact(submission_of(1, 2)));
  (void)claim("north", 1);
  (void)claim("west", 1, job_start + 10s);
  recover(after_lease);
  remove_entry("queue:5", "1-0");
  const auto claimed = claim("south", 2, after_lease);
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 1), held_by(2, "west", 1)));
  (void)taken(store_->transact(completion_of(claimed)));
  EXPECT_THAT(pending(), ElementsAre(held_by(2, "west", 1)));
}

TEST_F(RedisTakeover, an_entry_that_somebody_acknowledged_is_made_anew_and_no_others_is_taken) {
  (void)taken(store_->transact(submission_of(1, 2)));
  (void)claim("north", 1);
  (void)claim("west", 1, job_start + 10s);
  recover(after_lease);
  acknowledge("queue:5", "1-0");
  EXPECT_EQ(claim("south", 2, after_lease).size(), 1U);
  EXPECT_THAT(pending(), ElementsAre(held_by(1, "south", 1), held_by(2, "west", 1)));
}

}  // namespace
}  // namespace hts::redis
