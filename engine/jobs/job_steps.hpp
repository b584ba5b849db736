#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "engine/jobs/job_machine.hpp"

/// What a step on one job does to its whole and its parts, for stores that have records at hand.
namespace hts::jobs {

/// The records of one step. One thread.
class JobShelf {
 public:
  virtual ~JobShelf() = default;

  /// To be changed; null when it is not there. Valid until the step ends, as is what `add` gives.
  [[nodiscard]] virtual JobRecord* edit(const JobId& id) = 0;
  virtual JobRecord& add(JobRecord record) = 0;
  [[nodiscard]] virtual std::uint64_t next_sequence() = 0;
};

/// Jobs that listeners have to hear of, each once, in the order of their first change.
class ChangedJobs {
 public:
  void add(const JobId& id) {
    if (seen_.insert(id).second) ids_.push_back(id);
  }
  [[nodiscard]] const std::vector<JobId>& ids() const noexcept { return ids_; }

 private:
  std::vector<JobId> ids_;
  std::set<JobId> seen_;
};

/// lease_lost too when the job is not there.
[[nodiscard]] FinishResult finish_job(JobShelf& shelf, const Finish& finish, time::Timestamp now,
                                      ChangedJobs& changed);
/// Does nothing to a job that has no lease.
void lose_lease_of_job(JobShelf& shelf, const JobId& id, time::Timestamp now, ChangedJobs& changed);
/// The job itself counts as changed even when it was cancelled before. Errors: not_found, those of
/// the machine.
[[nodiscard]] result::Status cancel_job(JobShelf& shelf, const JobId& id, time::Timestamp now,
                                        ChangedJobs& changed);

/// The answer to a call about a job that is not there.
[[nodiscard]] result::Error no_job(const JobId& id);

}  // namespace hts::jobs
