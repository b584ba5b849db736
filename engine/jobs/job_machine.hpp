#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/jobs/job_record.hpp"

/// The life of a job, as changes of its record. Pure: every store does exactly this, whatever it is
/// made of.
///
///     queued -> running -> completed | failed | cancelled
///
/// 1. A terminal state is left only by `retry` (failed, cancelled).
/// 2. Only the holder of the newest lease ends or renews it. What comes from an older one changes
///    nothing and is told `lease_lost`; the same end told twice is `done` both times.
/// 3. A job whose cancellation was accepted ends as cancelled.
/// 4. claims, attempts and lease_losses never decrease but for `retry`, which sets the latter two
///    and hand_backs to 0.
namespace hts::jobs {

// --- how a worker's work on a job ends ---

struct Completed {
  std::string run_id;
  std::string output;
};
struct AttemptFailed {
  result::Error error;
  bool may_retry = false;        ///< false: the same request would fail again
  time::Duration retry_after{};  ///< drawn by the retry policy
};
/// The worker cannot do it, or stops. No attempt is counted.
struct HandedBack {
  std::string reason;            ///< why it cannot; empty: it stops, which is nobody's fault
  time::Duration retry_after{};  ///< time for another worker to take it
};
struct WorkCancelled {};
/// The job waits for these, in order. The store gives them their ids (`JobId::part_of`); keys of
/// parts mean nothing.
struct FannedOut {
  std::vector<NewJob> parts;
};

using WorkEnd = std::variant<Completed, AttemptFailed, HandedBack, WorkCancelled, FannedOut>;

/// What a worker tells of a job it holds.
struct Finish {
  JobId id;
  std::uint64_t token = 0;
  WorkEnd end;
};
struct Heartbeat {
  JobId id;
  std::uint64_t token = 0;
  double progress = 0;
};

enum class FinishResult : std::uint8_t { done, lease_lost };
enum class HeartbeatResult : std::uint8_t { kept, cancel_requested, lease_lost };

// --- the changes ---

/// May be claimed at once, whatever the clock says.
[[nodiscard]] JobRecord accept(NewJob job, std::uint64_t sequence);
/// Requires a queued record that is due. Gives the next lease.
void claim(JobRecord& record, std::string_view worker, time::Timestamp now, time::Duration lease);
[[nodiscard]] HeartbeatResult renew(JobRecord& record, const Heartbeat& beat, time::Timestamp now,
                                    time::Duration lease);
/// Fanned out: the record waits for all parts, or joins at once when there are none. Whether it has
/// become so is told by `waits_for_parts`.
[[nodiscard]] FinishResult finish(JobRecord& record, const Finish& finish, time::Timestamp now);
/// Its lease is over without an end: back to the queue, or cancelled if that was asked for, or
/// failed at the most losses. Requires a lease. A lease is over from `until` on.
void lose_lease(JobRecord& record, time::Timestamp now);
/// Queued, or waiting for its parts: cancelled now. Held by a worker: its end will be.
/// Errors: conflict, naming the state, when completed or failed. Cancelled stays so.
[[nodiscard]] result::Status cancel(JobRecord& record, time::Timestamp now);
/// From failed or cancelled to queued, as if new. Errors: conflict, naming the state; or when it is
/// a part, naming its whole.
[[nodiscard]] result::Status retry(JobRecord& record, time::Timestamp now);
/// Of a dead letter: stays failed, is looked after. Errors: conflict when it is none.
[[nodiscard]] result::Status drop(JobRecord& record);

// --- wholes and parts; a store calls these in the same step as the part's change ---

[[nodiscard]] constexpr bool waits_for_parts(const JobRecord& record) noexcept {
  return record.state == JobState::running && !record.lease;
}
[[nodiscard]] JobRecord accept_part(NewJob job, std::uint64_t sequence, const JobId& whole,
                                    std::uint32_t number);
/// A part that is there from a fan-out before its whole was retried: completed stays so, all else
/// starts anew with `job`, and what an old lease of it tells is late.
void accept_part_again(JobRecord& part, NewJob job, time::Timestamp now);
/// A part became terminal, or was found completed. Completed: the last one makes the whole queue to
/// join. Failed: the whole fails with the part's error. Cancelled: the whole is cancelled. Nothing
/// of it when the whole does not wait. True when the other parts have to be cancelled.
[[nodiscard]] bool part_ended(JobRecord& whole, const JobRecord& part, time::Timestamp now);

/// Every sentence that a broken invariant of one record deserves; empty when it is sound.
[[nodiscard]] std::vector<std::string> faults_of(const JobRecord& record);

}  // namespace hts::jobs
