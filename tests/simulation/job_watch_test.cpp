#include "config/simulation/job_watch.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "adapters/simulation/table_job_store.hpp"

namespace hts::simulation {
namespace {

using std::chrono::seconds;

constexpr time::Timestamp start{seconds{1'700'000'000}};

jobs::NewJob job_of(std::uint64_t number) {
  jobs::NewJob job;
  job.id = {1, number};
  job.kind = "noop";
  job.created_at = start;
  return job;
}

ports::JobBatch batch_at(time::Timestamp now) {
  ports::JobBatch batch;
  batch.now = now;
  batch.capacity = 2;
  return batch;
}

/// A record as a store would hand it to a worker.
jobs::JobRecord held(std::uint64_t token, const std::string& worker, time::Timestamp now) {
  jobs::JobRecord record = jobs::accept(job_of(1), 1);
  record.claims = token - 1;
  jobs::claim(record, worker, now, seconds{30});
  return record;
}

class JobWatchTest : public ::testing::Test {
 protected:
  void claimed(std::uint64_t token, const std::string& worker, time::Timestamp now) {
    ports::JobBatchResult answer;
    answer.claimed.push_back(held(token, worker, now));
    watch.transacted(batch_at(now), answer, 0);
  }
  void ended(std::uint64_t token, jobs::FinishResult result) {
    ports::JobBatch batch = batch_at(start);
    batch.finishes.push_back({{1, 1}, token, jobs::Completed{}});
    ports::JobBatchResult answer;
    answer.finishes.push_back(result);
    watch.transacted(batch, answer, 0);
  }
  [[nodiscard]] std::string violated() const {
    return referee.failed() ? referee.violation()->invariant : "nothing";
  }

  Referee referee;
  JobWatch watch{referee};
};

TEST_F(JobWatchTest, a_store_that_keeps_the_rules_is_left_alone) {
  TableJobStore table;
  WatchedJobStore store(table, watch);
  ports::JobBatch batch = batch_at(start);
  for (std::uint64_t i = 1; i <= 4; ++i) batch.submits.push_back(job_of(i));
  batch.claim = ports::Claim{"one", 2, seconds{30}};
  auto answer = store.transact(batch);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->claimed.size(), 2U);
  EXPECT_EQ(answer->submits[2].result, ports::SubmitResult::full);

  ports::JobBatch end = batch_at(start + seconds{31});
  end.recover = true;
  end.claim = ports::Claim{"two", 2, seconds{30}};
  const auto taken_over = store.transact(end);
  ASSERT_TRUE(taken_over.ok());
  ASSERT_EQ(taken_over->claimed.size(), 2U);

  ports::JobBatch late = batch_at(start + seconds{32});
  late.finishes.push_back({{1, 1}, 1, jobs::Completed{}});
  late.finishes.push_back({{1, 2}, 2, jobs::Completed{}});
  const auto told = store.transact(late);
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->finishes[0], jobs::FinishResult::lease_lost);
  EXPECT_EQ(told->finishes[1], jobs::FinishResult::done);
  EXPECT_EQ(violated(), "nothing");
  EXPECT_EQ(watch.leases(), 4U);
  EXPECT_EQ(watch.lost_leases(), 2U);
  EXPECT_EQ(watch.refused_ends(), 1U);
}

TEST_F(JobWatchTest, a_lease_given_twice_at_once_is_noticed) {
  claimed(1, "one", start);
  claimed(2, "two", start + seconds{29});
  EXPECT_EQ(violated(), "lease_held_once");
}

TEST_F(JobWatchTest, a_lease_may_be_given_again_once_it_is_over) {
  claimed(1, "one", start);
  claimed(2, "two", start + seconds{30});
  EXPECT_EQ(violated(), "nothing");
}

TEST_F(JobWatchTest, a_token_given_twice_is_noticed) {
  claimed(1, "one", start);
  claimed(1, "two", start + seconds{60});
  EXPECT_EQ(violated(), "token_given_once");
}

TEST_F(JobWatchTest, an_end_taken_from_an_old_lease_is_noticed) {
  claimed(1, "one", start);
  claimed(2, "two", start + seconds{60});
  ended(1, jobs::FinishResult::done);
  EXPECT_EQ(violated(), "holder_ends_job");
}

TEST_F(JobWatchTest, the_same_end_may_be_told_twice) {
  claimed(1, "one", start);
  ended(1, jobs::FinishResult::done);
  ended(1, jobs::FinishResult::done);
  EXPECT_EQ(violated(), "nothing");
}

TEST_F(JobWatchTest, a_queue_above_its_bound_is_noticed) {
  ports::JobBatch batch = batch_at(start);
  batch.submits.push_back(job_of(1));
  ports::JobBatchResult answer;
  answer.submits.push_back({});
  watch.transacted(batch, answer, 2);
  EXPECT_EQ(violated(), "nothing");
  watch.transacted(batch, answer, 3);
  EXPECT_EQ(violated(), "queue_bound");
}

TEST_F(JobWatchTest, a_record_that_contradicts_itself_is_noticed) {
  jobs::JobRecord record = held(1, "one", start);
  record.state = jobs::JobState::queued;
  watch.changed({record});
  EXPECT_EQ(violated(), "record_is_sound");
}

}  // namespace
}  // namespace hts::simulation
