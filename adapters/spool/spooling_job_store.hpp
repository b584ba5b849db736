#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/forwarding_job_store.hpp"

/// Jobs that are accepted while the store that they are for cannot be reached.
namespace hts::spool {

struct SpoolReadings {
  std::uint64_t waiting = 0;              ///< jobs to be handed on, cancelled ones included
  std::uint64_t bytes = 0;                ///< of their requests
  std::optional<time::Timestamp> oldest;  ///< when the first of them was submitted
};

/// Passes everything on to the store below. While that is `unavailable`, submissions are kept in a
/// spool, another store of this machine, and are handed on once it is back.
///
/// 1. Batches of submissions alone are spooled; whatever else is in a batch needs the store below,
///    and the whole batch gets its error.
/// 2. What was accepted is handed on, before anything newer, by the next batch that finds the store
///    below: highest priority first, then in the order of arrival, and once, by its id. An
///    idempotency key that another job took meanwhile is dropped, not the job.
/// 3. A spooled job is found, listed (before those below, which are older) and cancelled; one that
///    was cancelled arrives below as cancelled. While the store below is away, lists hold what is
///    spooled alone.
/// 4. At most `capacity` jobs wait in the spool; more are refused as by a full queue. Where the
///    store below is full, they wait until it has room.
/// 5. A process that dies while it hands on does so again when it is back; nothing is lost or done
///    twice.
///
/// Thread-safe. Costs nothing while nothing is spooled.
class SpoolingJobStore final : public ports::ForwardingJobStore {
 public:
  static constexpr std::uint64_t default_capacity = 10'000;

  /// `spool` is used by nobody else. Errors: those of the spool.
  [[nodiscard]] static result::Result<std::unique_ptr<SpoolingJobStore>> open(
      std::unique_ptr<ports::JobStore> below, std::unique_ptr<ports::JobStore> spool,
      std::uint64_t capacity = default_capacity);

  /// How many jobs wait to be handed on, cancelled ones included.
  [[nodiscard]] std::uint64_t waiting() const noexcept { return waiting_; }
  /// As of the last change of the spool; asks no store.
  [[nodiscard]] SpoolReadings readings() const noexcept;

  [[nodiscard]] result::Result<ports::JobBatchResult> transact(
      const ports::JobBatch& batch) override;
  [[nodiscard]] result::Result<jobs::JobRecord> find(const jobs::JobId& id) override;
  [[nodiscard]] result::Result<ports::JobPage> list(const ports::JobFilter& filter,
                                                    std::uint64_t offset,
                                                    std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                                    time::Timestamp now) override;

 private:
  SpoolingJobStore(std::unique_ptr<ports::JobStore> below, std::unique_ptr<ports::JobStore> spool,
                   std::uint64_t capacity)
      : ForwardingJobStore(*below),
        below_(std::move(below)),
        spool_(std::move(spool)),
        capacity_(capacity) {}

  [[nodiscard]] result::Status count_waiting();
  [[nodiscard]] result::Status measure_requests();
  void forget_request(const jobs::JobRecord& record) noexcept;
  /// What an earlier life had begun to hand on waits again.
  [[nodiscard]] result::Status take_back(time::Timestamp now);
  [[nodiscard]] result::Result<ports::JobBatchResult> keep(const ports::JobBatch& batch);

  [[nodiscard]] result::Status hand_on(std::uint64_t capacity, time::Timestamp now);
  [[nodiscard]] result::Status hand_on_cancelled(time::Timestamp now);
  /// False when there is nothing more to do now.
  [[nodiscard]] result::Result<bool> hand_on_some(std::uint64_t capacity, time::Timestamp now);
  [[nodiscard]] result::Result<std::vector<ports::Submitted>> submit_below(
      std::vector<jobs::NewJob> jobs, std::uint64_t capacity, time::Timestamp now);

  const std::unique_ptr<ports::JobStore> below_;
  const std::unique_ptr<ports::JobStore> spool_;
  const std::uint64_t capacity_;
  std::mutex mutex_;  ///< of what changes the spool
  std::atomic<std::uint64_t> waiting_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<time::Timestamp> oldest_ = time::Timestamp::max();  ///< this: nothing waits
};

}  // namespace hts::spool
