#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_samples.hpp"

namespace hts::jobs {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

JobRecord completed() {
  JobRecord record = running();
  (void)finish(record, finish_of(record, Completed{"run", ""}), start);
  return record;
}

JobRecord failed() {
  JobRecord record = running();
  (void)finish(record, finish_of(record, failed_attempt(false)), start);
  return record;
}

JobRecord waiting() {
  JobRecord record = running();
  (void)finish(record, finish_of(record, parts_of(3)), start);
  return record;
}

TEST(JobFaults, what_the_machine_makes_has_none) {
  for (const auto& record : {queued(), running(), completed(), failed(), waiting()}) {
    EXPECT_THAT(faults_of(record), IsEmpty());
  }
}

TEST(JobFaults, every_planted_mistake_is_named_with_the_job) {
  struct Planted {
    JobRecord record;
    std::function<void(JobRecord&)> mistake;
    std::string sentence;
  };
  const std::vector<Planted> all = {
      {queued(), [](auto& r) { r.lease = Lease{"north", 0, start}; }, "does not run"},
      {running(), [](auto& r) { r.lease->token = 7; }, "not the newest"},
      {running(), [](auto& r) { r.ended_token = 1; }, "a lease that ended it before"},
      {running(), [](auto& r) { r.lease->worker.clear(); }, "held by nobody"},
      {completed(), [](auto& r) { r.ended_token = 2; }, "never given"},
      {running(), [](auto& r) { r.started_at.reset(); }, "without having been started"},
      {queued(), [](auto& r) { r.cancel_requested = true; }, "by its worker but has none"},
      {completed(), [](auto& r) { r.finished_at.reset(); }, "without an end"},
      {running(), [](auto& r) { r.finished_at = start; }, "or the reverse"},
      {completed(), [](auto& r) { r.is_dead_letter = true; }, "did not fail"},
      {failed(), [](auto& r) { r.whole = JobId{1, 1}; }, "a dead letter and a part"},
      {completed(), [](auto& r) { r.error = result::Error{}; }, "completed with an error"},
      {failed(), [](auto& r) { r.error.reset(); }, "failed without an error"},
      {failed(), [](auto& r) { r.run_id = "run"; }, "has a result"},
      {running(), [](auto& r) { r.progress = 1.5; }, "outside of 0..1"},
      {running(), [](auto& r) { r.progress = std::numeric_limits<double>::quiet_NaN(); },
       "outside of 0..1"},
      {completed(), [](auto& r) { r.progress = 0.5; }, "before the end of the work"},
      {failed(), [](auto& r) { r.attempts = 4; }, "more often than it may"},
      {queued(), [](auto& r) { r.attempts = 3; }, "an attempt too many"},
      {queued(), [](auto& r) { r.lease_losses = 21; }, "lost more leases"},
      {queued(), [](auto& r) { r.hand_backs = 21; }, "handed back more often"},
      {queued(), [](auto& r) { r.lease_losses = 1; }, "more ends than leases"},
      {queued(), [](auto& r) { r.job.id = {}; }, "has no id"},
      {waiting(), [](auto& r) { r.open_parts = 4; }, "more parts than it has"},
      {waiting(), [](auto& r) { r.joins = true; }, "before its parts are completed"},
      {waiting(), [](auto& r) { r.open_parts = 0; }, "waits for no part"},
      {waiting(), [](auto& r) { r.ended_token = 0; }, "did not make"},
      {queued(), [](auto& r) { r.whole = JobId{1, 1}; }, "not the id of the part"},
  };
  for (const Planted& planted : all) {
    JobRecord record = planted.record;
    planted.mistake(record);
    EXPECT_THAT(faults_of(record), Contains(HasSubstr(planted.sentence)));
    EXPECT_THAT(faults_of(record), Contains(HasSubstr(record.job.id.text())));
  }
}

}  // namespace
}  // namespace hts::jobs
