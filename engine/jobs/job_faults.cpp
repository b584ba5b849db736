#include <cmath>
#include <string>
#include <vector>

#include "engine/jobs/job_machine.hpp"

namespace hts::jobs {
namespace {

class Faults {
 public:
  explicit Faults(const JobRecord& record) : record_(record) {}

  void check(bool is_sound, const char* fault) {
    if (is_sound) return;
    sentences_.push_back("The job " + record_.job.id.text() + " (" +
                         std::string{name_of(record_.state)} + ") " + fault + '.');
  }
  [[nodiscard]] std::vector<std::string> sentences() && { return std::move(sentences_); }

 private:
  const JobRecord& record_;
  std::vector<std::string> sentences_;
};

void check_leases(const JobRecord& record, Faults& faults) {
  const bool is_running = record.state == JobState::running;
  faults.check(!record.lease || is_running, "has a lease but does not run");
  faults.check(!record.lease || record.lease->token == record.claims,
               "is held by a lease that is not the newest");
  faults.check(!record.lease || record.ended_token < record.lease->token,
               "is held by a lease that ended it before");
  faults.check(!record.lease || !record.lease->worker.empty(), "is held by nobody");
  faults.check(record.ended_token <= record.claims, "was ended by a lease that was never given");
  faults.check(!is_running || (record.claims > 0 && record.started_at),
               "runs without having been started");
  faults.check(!record.cancel_requested || record.lease,
               "is to be cancelled by its worker but has none");
}

void check_end(const JobRecord& record, Faults& faults) {
  const bool is_completed = record.state == JobState::completed;
  const bool is_failed = record.state == JobState::failed;
  faults.check(record.finished_at.has_value() == is_terminal(record.state),
               "has a time of its end without an end, or the reverse");
  faults.check(!record.is_dead_letter || is_failed, "is a dead letter but did not fail");
  faults.check(!record.is_dead_letter || record.whole.empty(), "is a dead letter and a part");
  faults.check(!is_completed || !record.error, "is completed with an error");
  faults.check(!is_failed || record.error, "failed without an error");
  faults.check(record.state != JobState::cancelled || record.error,
               "is cancelled without a sentence for people");
  faults.check(is_completed || (record.run_id.empty() && record.output.empty()),
               "has a result but is not completed");
  faults.check(record.progress >= 0 && record.progress <= 1, "has a progress outside of 0..1");
  faults.check(!is_completed || record.progress >= 1, "is completed before the end of the work");
}

void check_counters(const JobRecord& record, Faults& faults) {
  faults.check(record.attempts <= std::max(1U, record.job.max_attempts),
               "was tried more often than it may");
  faults.check(record.state != JobState::queued || record.attempts == 0 ||
                   record.attempts < record.job.max_attempts,
               "waits for an attempt too many");
  faults.check(record.lease_losses <= most_lease_losses, "lost more leases than it may");
  faults.check(record.hand_backs <= most_hand_backs, "was handed back more often than it may");
  // Each lease ended in at most one of these ways.
  faults.check(
      std::uint64_t{record.attempts} + record.lease_losses + record.hand_backs <= record.claims,
      "had more ends than leases");
  faults.check(!record.job.id.empty(), "has no id");
}

void check_parts(const JobRecord& record, Faults& faults) {
  faults.check(record.open_parts <= record.parts, "waits for more parts than it has");
  faults.check(!record.joins || record.open_parts == 0, "joins before its parts are completed");
  faults.check(!waits_for_parts(record) || record.open_parts > 0, "waits for no part");
  faults.check(!waits_for_parts(record) || record.ended_token == record.claims,
               "waits for parts that its newest lease did not make");
  faults.check(
      record.whole.empty() || record.job.id == JobId::part_of(record.whole, record.part_number),
      "has not the id of the part that it is");
  faults.check(record.whole.empty() || record.job.idempotency_key.empty(), "is a part with a key");
}

}  // namespace

std::vector<std::string> faults_of(const JobRecord& record) {
  Faults faults{record};
  check_leases(record, faults);
  check_end(record, faults);
  check_counters(record, faults);
  check_parts(record, faults);
  return std::move(faults).sentences();
}

}  // namespace hts::jobs
