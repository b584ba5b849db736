#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/jobs/job_machine.hpp"

namespace hts::jobs {

/// Follows jobs from outside and says what must never be seen, whatever keeps them.
class JobWatch {
 public:
  /// Shown every record after every step. `was_retried`: the step may begin jobs anew.
  void see(const std::map<JobId, JobRecord>& records, bool was_retried) {
    for (const auto& [id, record] : records) {
      for (std::string& fault : faults_of(record)) faults_.push_back(std::move(fault));
      if (const auto before = records_.find(id); before != records_.end()) {
        compare(before->second, record, was_retried);
      }
      if (waits_for_parts(record)) check_parts(record, records);
    }
    records_ = records;
  }
  void saw_claim(const JobRecord& claimed) {
    if (!tokens_.emplace(claimed.job.id, claimed.lease->token).second) {
      complain(claimed, "was leased twice with one token");
    }
  }
  void saw_queue(std::uint64_t queued, std::uint64_t capacity) {
    if (queued > capacity) faults_.push_back("The queue holds more than it may.");
  }
  [[nodiscard]] const std::vector<std::string>& faults() const noexcept { return faults_; }

 private:
  void complain(const JobRecord& record, const std::string& fault) {
    faults_.push_back("The job " + record.job.id.text() + ' ' + fault + '.');
  }

  void compare(const JobRecord& before, const JobRecord& now, bool was_retried) {
    if (now.claims < before.claims) complain(now, "forgot a lease");
    if (now.ended_token < before.ended_token) complain(now, "forgot an end");
    if (now.sequence != before.sequence) complain(now, "changed its place in line");
    if (before.lease && now.lease && before.lease->token == now.lease->token &&
        before.lease->worker != now.lease->worker) {
      complain(now, "has one lease for two workers");
    }
    if (was_retried) return;
    if (is_terminal(before.state) && before.state != now.state) complain(now, "rose from its end");
    if (before.state == JobState::completed && before.run_id != now.run_id) {
      complain(now, "has two results");
    }
    if (before.finished_at && before.finished_at != now.finished_at) complain(now, "ended twice");
    if (before.cancel_requested && is_terminal(now.state) && now.state != JobState::cancelled) {
      complain(now, "was to be cancelled but is not");
    }
    if (now.attempts < before.attempts || now.lease_losses < before.lease_losses ||
        now.hand_backs < before.hand_backs) {
      complain(now, "forgot a failure");
    }
  }

  void check_parts(const JobRecord& whole, const std::map<JobId, JobRecord>& records) {
    std::uint32_t open = 0;
    for (std::uint32_t number = 0; number < whole.parts; ++number) {
      const auto part = records.find(JobId::part_of(whole.job.id, number));
      if (part == records.end()) {
        complain(whole, "waits for a part that is not there");
        continue;
      }
      const JobState state = part->second.state;
      if (state == JobState::failed || state == JobState::cancelled) {
        complain(whole, "waits for a part that will never be completed");
      }
      if (state != JobState::completed) ++open;
    }
    if (open != whole.open_parts) complain(whole, "miscounts its open parts");
  }

  std::map<JobId, JobRecord> records_;
  std::set<std::pair<JobId, std::uint64_t>> tokens_;
  std::vector<std::string> faults_;
};

}  // namespace hts::jobs
