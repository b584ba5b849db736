#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/archive/archivist.hpp"
#include "adapters/archive/recording_pace.hpp"
#include "engine/ports/forwarding_job_store.hpp"
#include "engine/ports/job_history.hpp"

namespace hts::archive {

struct ArchiveOptions {
  /// Other processes work on the same store: what is heard of them may be incomplete, so that the
  /// store is looked through again now and then.
  bool is_shared = false;
  /// Of the history, counted from the end of a job. Not shorter than what the store keeps: what is
  /// there would be recorded again.
  time::Duration keep = std::chrono::hours{24 * 90};
  /// The wall clock. Any thread.
  std::function<time::Timestamp()> now;
  /// Told that the history cannot be written, or can again. A sentence; any thread. May be empty.
  std::function<void(bool is_problem, const std::string& what)> note;
  /// False: nothing happens but in `work`, for who has a clock of their own.
  bool has_thread = true;
};

/// A store of jobs whose ended ones go into the history too.
///
/// 1. A job that ended is recorded a moment after its end is durable, by a thread of this class:
///    no call waits for the history. While many jobs are submitted it rests, within bounds (see
///    RecordingPace). A process that dies in between records it at its next start. Recorded again
///    it takes its own place.
/// 2. A job that the store has cleaned up is found in the history, without its output. It cannot be
///    cancelled or retried (conflict).
/// 3. No job is cleaned up before it is in the history.
/// 4. The history forgets jobs after `keep`.
///
/// Thread-safe.
class ArchivingJobStore final : public ports::ForwardingJobStore {
 public:
  /// The history outlives it.
  ArchivingJobStore(std::unique_ptr<ports::JobStore> below, ports::JobHistory& history,
                    ArchiveOptions options);
  /// Records what waits, once.
  ~ArchivingJobStore() override;
  ArchivingJobStore(const ArchivingJobStore&) = delete;
  ArchivingJobStore& operator=(const ArchivingJobStore&) = delete;

  /// O(n) of what waits.
  [[nodiscard]] ArchiveReadings readings() const { return archivist_.readings(); }
  [[nodiscard]] std::uint64_t waiting() const { return archivist_.waiting(); }
  /// Without a thread: see Archivist::work.
  [[nodiscard]] result::Result<Archivist::Step> work() { return archivist_.work(); }
  void look_through_again() { archivist_.look_through_again(); }

  [[nodiscard]] result::Result<ports::JobBatchResult> transact(
      const ports::JobBatch& batch) override;
  [[nodiscard]] result::Result<jobs::JobRecord> find(const jobs::JobId& id) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                                    time::Timestamp now) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                                   time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> requeue_dead_letters(
      const std::optional<jobs::JobId>& id, time::Timestamp now) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                                     time::Timestamp now) override;
  /// Nothing is removed, and nothing wrong, while the history lacks some of it.
  [[nodiscard]] result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                                       std::uint64_t most) override;
  void listen(std::function<void(const ports::JobSignal&)> hear) override;

 private:
  using Records = result::Result<std::vector<jobs::JobRecord>>;
  /// Tells the archivist.
  Records noted(Records changed);
  /// Of a job that is only in the history: what it says to who wants to change it.
  result::Error only_history(const jobs::JobId& id, result::Error not_found);
  void wake();

  void run();
  /// False: it is to stop.
  [[nodiscard]] bool wait(time::Duration pause);
  /// Returns how long to wait before the next.
  [[nodiscard]] time::Duration work_once();
  void do_what_is_due();

  ports::JobHistory& history_;
  const ArchiveOptions options_;
  Archivist archivist_;
  RecordingPace pace_{Archivist::jobs_a_batch};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_woken_ = false;
  bool is_stopping_ = false;
  bool is_failing_ = false;  ///< of the thread alone, as the next two
  std::chrono::steady_clock::time_point next_look_;
  std::chrono::steady_clock::time_point next_removal_;
  // Its signals use what is above until it is destroyed.
  const std::unique_ptr<ports::JobStore> below_;
  std::thread thread_;
};

}  // namespace hts::archive
