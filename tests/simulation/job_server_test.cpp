#include "config/simulation/job_server.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace hts::simulation {
namespace {

using std::chrono::seconds;

constexpr time::Timestamp opening{seconds{1'700'000'000}};

class JobServerTest : public ::testing::Test {
 protected:
  ports::JobBatch submission(std::uint64_t number) {
    ports::JobBatch batch;
    batch.capacity = 1000;
    jobs::NewJob job;
    job.id = {1, number};
    job.kind = "noop";
    batch.submits.push_back(job);
    return batch;
  }
  std::uint64_t stored() { return server.table().list({}, 0, 1)->total; }

  Referee referee;
  JobWatch watch{referee};
  time::Timestamp now = opening;
  JobServer server{Dice{7}, watch, [this] { return now; }};
};

TEST_F(JobServerTest, what_one_user_submits_another_finds) {
  ASSERT_TRUE(server.connect()->transact(submission(1)).ok());
  EXPECT_TRUE(server.connect()->find({1, 1}).ok());
}

TEST_F(JobServerTest, a_lost_request_does_nothing_and_a_lost_reply_has_done_it) {
  const auto user = server.connect();
  NetworkFaults faults;
  faults.request_lost = 1;
  server.set_faults(faults);
  EXPECT_EQ(user->transact(submission(1)).error().code, result::ErrorCode::unavailable);
  EXPECT_EQ(stored(), 0U);
  faults = {};
  faults.reply_lost = 1;
  server.set_faults(faults);
  EXPECT_EQ(user->transact(submission(1)).error().code, result::ErrorCode::unavailable);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(JobServerTest, a_repeated_request_is_one_job) {
  NetworkFaults faults;
  faults.repeated = 1;
  server.set_faults(faults);
  const auto answer = server.connect()->transact(submission(1));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->submits[0].result, ports::SubmitResult::existing);
  EXPECT_EQ(stored(), 1U);
  EXPECT_FALSE(referee.failed());
}

TEST_F(JobServerTest, a_batch_cut_short_has_done_its_beginning_in_some_draw) {
  const auto user = server.connect();
  NetworkFaults faults;
  faults.cut_short = 1;
  server.set_faults(faults);
  for (std::uint64_t i = 1; i <= 20; ++i) EXPECT_FALSE(user->transact(submission(i)).ok());
  EXPECT_GT(stored(), 0U);
  EXPECT_LT(stored(), 20U);
  EXPECT_EQ(server.faults_drawn(), 20U);
}

TEST_F(JobServerTest, nobody_reaches_it_in_an_outage_and_its_own_clock_decides) {
  const auto user = server.connect();
  server.set_outage(true);
  EXPECT_FALSE(user->transact(submission(1)).ok());
  server.set_outage(false);
  ports::JobBatch batch = submission(1);
  batch.now = opening + std::chrono::hours{5};
  batch.claim = ports::Claim{"worker", 1, seconds{30}};
  const auto answer = user->transact(batch);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->claimed.size(), 1U);
  EXPECT_EQ(answer->claimed[0].lease->until, opening + seconds{30});
}

}  // namespace
}  // namespace hts::simulation
