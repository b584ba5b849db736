#pragma once

#include <cstdint>
#include <optional>

#include "actors/messages.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::actors {

/// What is counted of jobs since the start of this process, and what it decides by. One thread;
/// O(n log n) a batch of n items.
class JobFigures {
 public:
  explicit JobFigures(std::uint64_t capacity) { status_.jobs_capacity = capacity; }

  void count_submitted() noexcept { ++status_.jobs_submitted; }
  void count_refused() noexcept { ++status_.jobs_refused; }
  void count_claimed(const jobs::JobRecord& record, time::Timestamp now) noexcept;
  /// An attempt ended here.
  void count_run(time::Duration run) noexcept;
  void count_store_call(time::Duration took) noexcept;
  /// Empty: the store answered.
  void note_store_error(std::string error);
  /// What a batch changed.
  void count_changes(const ports::JobBatch& sent, const ports::JobBatchResult& result);
  /// What a cancellation or a recovery changed.
  void count_ended(const jobs::JobRecord& record) noexcept;
  void set_counts(ports::JobCounts counts) { status_.jobs = std::move(counts); }

  [[nodiscard]] const ports::JobCounts& counts() const noexcept { return status_.jobs; }
  /// Moving average of the attempts' times, the newest weighing an eighth.
  [[nodiscard]] std::optional<time::Duration> mean_run() const noexcept { return mean_run_; }
  /// The members of jobs, into `status`.
  void write_to(SchedulerStatus& status) const;

 private:
  SchedulerStatus status_;  ///< only what stands in it about jobs
  std::optional<time::Duration> mean_run_;
};

/// What listeners are told of a record.
[[nodiscard]] jobs::JobEvent event_of(const jobs::JobRecord& record, time::Timestamp at);

}  // namespace hts::actors
