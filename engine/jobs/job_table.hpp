#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/jobs/job_machine.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/jobs/job_steps.hpp"

namespace hts::jobs {

/// Jobs in memory, changed only by the machine: what every store has to be equal to. Tests compare
/// stores with it; the simulation's job server is one behind a bad network. One thread; O(log n)
/// a change. Records given are whole, with request and output.
class JobTable final : private JobShelf {
 public:
  enum class Submission : std::uint8_t { accepted, existing, conflict, full };
  struct SubmissionAnswer {
    Submission result = Submission::accepted;
    const JobRecord* record = nullptr;  ///< null when full
  };

  /// `capacity` of queued jobs, parts not counted.
  [[nodiscard]] SubmissionAnswer submit(NewJob job, std::uint64_t capacity);
  /// Delayed jobs are due from the first `now` at or after their time, though clocks be set back.
  [[nodiscard]] std::vector<JobRecord> claim(const std::string& worker, std::size_t most,
                                             time::Timestamp now, time::Duration lease);
  [[nodiscard]] HeartbeatResult renew(const Heartbeat& beat, time::Timestamp now,
                                      time::Duration lease);
  /// `changed` gets those that ports::JobBatchResult::changed is about.
  [[nodiscard]] FinishResult finish(const Finish& finish, time::Timestamp now,
                                    ChangedJobs& changed);
  void recover(time::Timestamp now, ChangedJobs& changed);
  void release(const std::string& worker, time::Timestamp now, ChangedJobs& changed);
  [[nodiscard]] result::Status cancel(const JobId& id, time::Timestamp now, ChangedJobs& changed);
  [[nodiscard]] result::Status retry(const JobId& id, time::Timestamp now);
  [[nodiscard]] result::Status drop(const JobId& id);
  void set_paused(bool paused) noexcept { paused_ = paused; }
  [[nodiscard]] bool paused() const noexcept { return paused_; }
  [[nodiscard]] std::uint64_t clean_up(time::Timestamp finished_before, std::uint64_t most);

  [[nodiscard]] const JobRecord* find(const JobId& id) const;
  /// All, by id.
  [[nodiscard]] const std::map<JobId, JobRecord>& records() const noexcept { return records_; }
  [[nodiscard]] std::optional<time::Timestamp> next_available_at() const;

 private:
  [[nodiscard]] JobRecord* edit(const JobId& id) override;
  JobRecord& add(JobRecord record) override;
  [[nodiscard]] std::uint64_t next_sequence() override { return ++last_sequence_; }
  /// Puts what was edited back in its place.
  void settle(time::Timestamp now);
  void index(const JobRecord& record, bool is_delayed);
  /// Queued: whether it was delayed.
  std::optional<bool> unindex(const JobRecord& record);
  void wake(time::Timestamp now);
  void erase(const JobId& id);
  template <class Ended>
  void lose_leases(time::Timestamp now, ChangedJobs& changed, Ended ended);

  std::map<JobId, JobRecord> records_;
  std::map<std::string, JobId> by_key_;
  std::map<JobId, std::vector<JobId>> parts_;  ///< by whole, of every fan-out
  /// Queued ones that are due, by (-priority, sequence).
  std::set<std::tuple<int, std::uint64_t, JobId>> queue_;
  std::set<std::pair<time::Timestamp, JobId>> delayed_;
  std::set<std::pair<time::Timestamp, JobId>> leases_;    ///< by their end
  std::set<std::pair<time::Timestamp, JobId>> finished_;  ///< what may be cleaned up
  std::map<JobId, std::optional<bool>> edited_;           ///< queued before: whether delayed
  std::uint64_t last_sequence_ = 0;
  std::uint64_t queued_ = 0;  ///< parts not counted
  bool paused_ = false;
};

}  // namespace hts::jobs
