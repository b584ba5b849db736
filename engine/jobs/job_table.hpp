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

namespace hts::jobs {

/// Jobs in memory, changed only by the machine: what every store has to be equal to. Tests compare
/// stores with it; the simulation's job server is one behind a bad network. One thread; O(log n)
/// a change.
class JobTable {
 public:
  enum class Submission : std::uint8_t { accepted, existing, conflict, full };
  struct SubmissionAnswer {
    Submission result = Submission::accepted;
    const JobRecord* record = nullptr;  ///< null when full
  };

  /// `capacity` of queued jobs, parts not counted.
  [[nodiscard]] SubmissionAnswer submit(NewJob job, std::uint64_t capacity);
  [[nodiscard]] std::vector<JobRecord> claim(const std::string& worker, std::size_t most,
                                             time::Timestamp now, time::Duration lease);
  [[nodiscard]] HeartbeatResult renew(const Heartbeat& beat, time::Timestamp now,
                                      time::Duration lease);
  /// `changed` gets every record whose state changed.
  [[nodiscard]] FinishResult finish(const Finish& finish, time::Timestamp now,
                                    std::vector<JobRecord>& changed);
  void recover(time::Timestamp now, std::vector<JobRecord>& changed);
  void release(const std::string& worker, time::Timestamp now, std::vector<JobRecord>& changed);
  [[nodiscard]] result::Result<std::vector<JobRecord>> cancel(const JobId& id, time::Timestamp now);
  [[nodiscard]] result::Result<std::vector<JobRecord>> retry(const JobId& id, time::Timestamp now);
  [[nodiscard]] result::Status drop(const JobId& id);
  void set_paused(bool paused) noexcept { paused_ = paused; }
  [[nodiscard]] bool paused() const noexcept { return paused_; }
  [[nodiscard]] std::uint64_t clean_up(time::Timestamp finished_before, std::uint64_t most);

  [[nodiscard]] const JobRecord* find(const JobId& id) const;
  /// All, by id.
  [[nodiscard]] const std::map<JobId, JobRecord>& records() const noexcept { return records_; }

 private:
  std::map<JobId, JobRecord> records_;
  std::map<std::string, JobId> by_key_;
  /// Queued ones by (-priority, sequence).
  std::set<std::tuple<int, std::uint64_t, JobId>> queue_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t queued_ = 0;  ///< parts not counted
  bool paused_ = false;
};

}  // namespace hts::jobs
