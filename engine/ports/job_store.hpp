#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/job_machine.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Where jobs are kept: one queue, shared by a daemon and any number of workers.
///
/// 1. What a call has answered is durable, as far as the server below makes it so.
/// 2. Each item of a batch is one atomic step and follows `engine/jobs/job_machine.hpp`; a part's
///    end and what it does to its whole are one step. Items are done in the order of the members.
/// 3. After an error any items of the batch may have been done. Repeating the batch is safe: a job
///    is submitted once by its id, a finish counts once by its token, a claim whose answer was
///    lost ends with its lease.
/// 4. `now` is the caller's clock. A store that several machines share may use its server's for
///    leases and delays instead.
///
/// May block; thread-safe. Errors beside those named: storage or unavailable, with the next step.
namespace hts::ports {

struct Claim {
  std::string worker;
  std::uint32_t most = 1;
  time::Duration lease{};
};

struct JobBatch {
  time::Timestamp now{};
  std::vector<jobs::NewJob> submits;
  /// Jobs that may be queued (delayed ones too, parts not); more are refused.
  std::uint64_t capacity = 0;
  std::vector<jobs::Finish> finishes;
  std::vector<jobs::Heartbeat> heartbeats;
  time::Duration lease{};  ///< of heartbeats
  /// Jobs whose lease is over become what `lose_lease` says.
  bool recover = false;
  /// Nothing is claimed while the queue is paused.
  std::optional<Claim> claim;
};

enum class SubmitResult : std::uint8_t {
  accepted,
  existing,  ///< this id, or this idempotency key with the same kind and request, was there before
  conflict,  ///< this idempotency key was there before with another request
  full,
};

struct Submitted {
  SubmitResult result = SubmitResult::accepted;
  jobs::JobId id;  ///< of the existing job where it is not a new one
  jobs::JobState state = jobs::JobState::queued;
  time::Timestamp created_at{};
};

struct JobBatchResult {
  std::vector<Submitted> submits;  ///< as many as asked, in the same order; so are the next two
  std::vector<jobs::FinishResult> finishes;
  std::vector<jobs::HeartbeatResult> heartbeats;
  /// Records as they are after the batch's finishes, recovery and what they did to wholes and
  /// parts, each once, without `request` and `output`: every job whose state or number of open
  /// parts changed or that is asked to stop, for events and metrics. Not those submitted, beating
  /// or claimed.
  std::vector<jobs::JobRecord> changed;
  std::vector<jobs::JobRecord> claimed;  ///< highest priority first, then oldest
};

struct JobFilter {
  std::optional<jobs::JobState> state;
  std::string kind;  ///< empty: every
  std::optional<bool> is_dead_letter;
  std::optional<jobs::JobId> parts_of;  ///< nothing: no parts at all
};

struct JobPage {
  std::vector<jobs::JobRecord> jobs;  ///< newest first, without `request` and `output`
  std::uint64_t total = 0;            ///< of all pages
};

/// Parts are jobs too, and counted.
struct JobCounts {
  std::uint64_t queued = 0;  ///< delayed ones included
  std::uint64_t running = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t dead_letters = 0;
  std::vector<std::uint64_t> queued_by_priority;     ///< 0..9
  std::optional<time::Timestamp> oldest_queued_at;   ///< created_at of what came first
  std::optional<time::Timestamp> next_available_at;  ///< of the first that is delayed; may be past
  bool paused = false;
};

/// What a shared store hears from others.
struct JobSignal {
  enum class Kind : std::uint8_t {
    work,              ///< there may be something to claim
    cancel_requested,  ///< of `id`
    changed,           ///< state or progress of `id`
  };
  Kind kind = Kind::work;
  jobs::JobId id;
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  [[nodiscard]] virtual result::Result<JobBatchResult> transact(const JobBatch& batch) = 0;

  /// With request and output. Error: not_found, field `task_id`.
  [[nodiscard]] virtual result::Result<jobs::JobRecord> find(const jobs::JobId& id) = 0;
  [[nodiscard]] virtual result::Result<JobPage> list(const JobFilter& filter, std::uint64_t offset,
                                                     std::uint64_t limit) = 0;
  [[nodiscard]] virtual result::Result<JobCounts> counts() = 0;
  /// Outputs of the parts of a job that joins, in order of their numbers. Error: not_found.
  [[nodiscard]] virtual result::Result<std::vector<std::string>> part_outputs(
      const jobs::JobId& whole) = 0;

  /// All the same: the record of `id` as it is now, then every other that changed; without
  /// `request` and `output`. A part that is cancelled takes its whole along. Errors: not_found,
  /// conflict with the state, field `task_id`.
  [[nodiscard]] virtual result::Result<std::vector<jobs::JobRecord>> cancel(
      const jobs::JobId& id, time::Timestamp now) = 0;
  [[nodiscard]] virtual result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                                           time::Timestamp now) = 0;

  /// Back to the queue, or looked after: one dead letter, or all. How many. Errors: not_found,
  /// conflict when it is none.
  [[nodiscard]] virtual result::Result<std::uint64_t> requeue_dead_letters(
      const std::optional<jobs::JobId>& id, time::Timestamp now) = 0;
  [[nodiscard]] virtual result::Result<std::uint64_t> drop_dead_letters(
      const std::optional<jobs::JobId>& id) = 0;

  [[nodiscard]] virtual result::Status set_paused(bool paused) = 0;

  /// A worker that starts again under its name holds nothing of its life before: these leases are
  /// lost now. The records that changed, as in a batch.
  [[nodiscard]] virtual result::Result<std::vector<jobs::JobRecord>> release(
      const std::string& worker, time::Timestamp now) = 0;

  /// Removes jobs that ended before, but for dead letters; parts go with their wholes and are not
  /// counted. At most `most` a call, those that ended first; how many.
  [[nodiscard]] virtual result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                                               std::uint64_t most) = 0;

  /// From now on, on any thread, until the store is destroyed. A store that is its process's own
  /// has nothing to tell.
  virtual void listen(std::function<void(const JobSignal&)> hear) { (void)hear; }
};

}  // namespace hts::ports
