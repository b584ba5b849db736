#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The jobs that have ended, for people who look back. A job that waits or runs is in the job store
/// instead. May block; thread-safe.
namespace hts::ports {

/// Times are kept to the millisecond.
struct EndedJob {
  std::string job_id;  ///< not empty
  std::string kind;    ///< what was to be done: "backtest", "sweep", "walk_forward"
  std::string state;   ///< "completed", "failed" or "cancelled"
  time::Timestamp created_at{};
  std::optional<time::Timestamp> started_at;  ///< of the last attempt; nothing: it never ran
  time::Timestamp finished_at{};
  std::uint32_t attempts = 0;
  std::string worker;   ///< who ran the last attempt; empty: nobody
  std::string error;    ///< a sentence; empty: none
  std::string run_id;   ///< of the stored result; empty: none
  std::string request;  ///< as the client sent it, JSON

  friend bool operator==(const EndedJob&, const EndedJob&) = default;
};

/// What a list holds; a field that is empty takes all.
struct EndedJobFilter {
  std::string state;
  std::string kind;
  time::TimeRange finished;
};

struct JobHistoryPage {
  std::vector<EndedJob> jobs;  ///< finished last first; of one millisecond, recorded last first
  std::uint64_t total = 0;     ///< of all pages
};

class JobHistory {
 public:
  virtual ~JobHistory() = default;

  /// Durable when it returns, all of them or none. A job recorded again (it was retried and ended
  /// once more) takes the place of what was known of it; the last one of equal ids counts. One call
  /// for many costs little more than for one.
  [[nodiscard]] virtual result::Status record(const std::vector<EndedJob>& jobs) = 0;
  /// Error: not_found, field `job_id`.
  [[nodiscard]] virtual result::Result<EndedJob> find(const std::string& job_id) = 0;
  [[nodiscard]] virtual result::Result<JobHistoryPage> list(const EndedJobFilter& filter,
                                                            std::uint64_t offset,
                                                            std::uint64_t limit) = 0;
  /// Forgets what finished before that time. Returns how many.
  [[nodiscard]] virtual result::Result<std::uint64_t> remove_before(time::Timestamp finished) = 0;
};

/// What every history says when a job is not there.
[[nodiscard]] result::Error no_such_ended_job(const std::string& job_id);

}  // namespace hts::ports
