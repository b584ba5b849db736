#include "config/simulation/job_truth.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "adapters/simulation/table_job_store.hpp"

namespace hts::simulation {
namespace {

using jobs::JobState;

const std::string task = jobs::JobId(1, 1).text();

JobTruth::Submission with_key() {
  JobTruth::Submission submission;
  submission.key = "key";
  return submission;
}

class JobTruthTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string violated() const {
    return referee.failed() ? referee.violation()->invariant : "nothing";
  }
  /// Asked and answered in a step of its own.
  void see(JobState state) {
    referee.begin_step(time::Timestamp{});
    truth.seen(task, state, referee.step());
  }

  Referee referee;
  Market market{1, 1, time::Timestamp{std::chrono::seconds{1'704'067'200}}};
  Truth runs{referee, market};
  JobTruth truth{referee, runs};
};

TEST_F(JobTruthTest, a_job_may_wait_run_and_end) {
  truth.accepted(task, {});
  for (const JobState state : {JobState::queued, JobState::running, JobState::queued,
                               JobState::completed, JobState::completed}) {
    see(state);
  }
  EXPECT_EQ(violated(), "nothing");
  EXPECT_EQ(truth.ends_seen(), 1U);
}

TEST_F(JobTruthTest, a_job_that_is_gone_is_noticed) {
  truth.accepted(task, {});
  truth.seen(task, std::nullopt, 0);
  EXPECT_EQ(violated(), "job_kept");
}

TEST_F(JobTruthTest, a_second_end_is_noticed_and_so_is_a_return_to_the_queue) {
  truth.accepted(task, {});
  see(JobState::completed);
  see(JobState::failed);
  EXPECT_EQ(violated(), "ends_once");
  Referee other;
  JobTruth again(other, runs);
  again.accepted(task, {});
  again.seen(task, JobState::failed, 0);
  again.seen(task, JobState::queued, 1);
  EXPECT_TRUE(other.failed());
}

TEST_F(JobTruthTest, an_answer_that_was_on_its_way_before_the_end_says_nothing) {
  truth.accepted(task, {});
  const auto asked_at = referee.step();
  see(JobState::completed);
  truth.seen(task, JobState::running, asked_at);
  EXPECT_EQ(violated(), "nothing");
}

TEST_F(JobTruthTest, after_a_retry_a_job_may_end_anew) {
  truth.accepted(task, {});
  see(JobState::failed);
  truth.restart_asked(task);
  see(JobState::queued);
  truth.restart_settled(task);
  see(JobState::completed);
  EXPECT_EQ(violated(), "nothing");
  see(JobState::failed);
  EXPECT_EQ(violated(), "ends_once");
}

TEST_F(JobTruthTest, a_confirmed_cancel_that_ends_otherwise_is_noticed) {
  truth.accepted(task, {});
  truth.cancel_asked(task);
  truth.cancel_answered(task, referee.step());
  see(JobState::running);
  EXPECT_EQ(violated(), "nothing");
  see(JobState::completed);
  EXPECT_EQ(violated(), "cancel_kept");
}

TEST_F(JobTruthTest, a_job_that_nobody_cancelled_does_not_end_as_cancelled) {
  truth.accepted(task, {});
  see(JobState::cancelled);
  EXPECT_EQ(violated(), "cancelled_when_asked");
}

TEST_F(JobTruthTest, a_key_names_one_job) {
  truth.accepted(task, with_key());
  truth.accepted(task, with_key());
  EXPECT_EQ(violated(), "nothing");
  truth.accepted(jobs::JobId(1, 2).text(), with_key());
  EXPECT_EQ(violated(), "key_names_one_job");
}

TEST_F(JobTruthTest, an_event_of_a_state_that_the_store_does_not_have_is_noticed) {
  truth.accepted(task, {});
  jobs::JobRecord record;
  record.job.id = {1, 1};
  record.state = JobState::running;
  record.claims = 1;
  truth.announced({record.job.id, "backtest", JobState::completed, 1, "", "", {}}, &record);
  EXPECT_EQ(violated(), "event_is_durable");
}

}  // namespace
}  // namespace hts::simulation
