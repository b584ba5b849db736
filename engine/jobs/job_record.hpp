#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/jobs/job_id.hpp"
#include "engine/result/error_equality.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// A job as it is kept: what was asked for, where it stands, and what became of it.
namespace hts::jobs {

enum class JobState : std::uint8_t { queued, running, completed, failed, cancelled };

/// "queued", "running", ...
[[nodiscard]] std::string_view name_of(JobState state) noexcept;
/// Error: invalid, field `state`, naming all.
[[nodiscard]] result::Result<JobState> parse_state(std::string_view name);
/// completed, failed or cancelled.
[[nodiscard]] constexpr bool is_terminal(JobState state) noexcept {
  return state >= JobState::completed;
}

inline constexpr int lowest_priority = 0;
inline constexpr int default_priority = 5;
inline constexpr int highest_priority = 9;  ///< goes first
inline constexpr std::uint32_t default_max_attempts = 3;
inline constexpr std::chrono::hours default_timeout{1};
/// A job whose worker died this often is failed: it may be what kills them.
inline constexpr std::uint32_t most_lease_losses = 20;
/// A job that this many workers could not do is failed with the reason of the last.
inline constexpr std::uint32_t most_hand_backs = 20;

/// What is submitted.
struct NewJob {
  JobId id;
  std::string kind;     ///< "backtest", "sweep", ...: which work; at most 64 characters
  std::string request;  ///< what the work needs, JSON; at most 8 MB
  int priority = default_priority;
  time::Duration timeout = default_timeout;  ///< of one attempt, from its start
  std::uint32_t max_attempts = default_max_attempts;
  std::string idempotency_key;  ///< empty: none; at most 255 bytes
  time::Timestamp created_at{};

  friend bool operator==(const NewJob&, const NewJob&) = default;
};

/// The right and duty of one worker to do a job until `until`.
struct Lease {
  std::string worker;       ///< who: unique among all that live
  std::uint64_t token = 0;  ///< JobRecord::claims when it was given; never given again
  time::Timestamp until{};

  friend bool operator==(const Lease&, const Lease&) = default;
};

/// 1. `lease` is there only while the job is running. A running job without a lease has fanned out
///    and waits for its parts.
/// 2. `finished_at` is there exactly in a terminal state.
/// 3. `is_dead_letter` only when failed.
struct JobRecord {
  NewJob job;
  std::uint64_t sequence = 0;  ///< order of arrival in its store; equal priorities go by it
  JobState state = JobState::queued;
  time::Timestamp available_at{};             ///< queued: not started before; else meaningless
  std::optional<time::Timestamp> started_at;  ///< of the present or last attempt
  std::optional<time::Timestamp> finished_at;

  std::uint64_t claims = 0;  ///< leases ever given
  std::optional<Lease> lease;
  /// The token whose work ended the present state; tells a repeated finish from a late one.
  std::uint64_t ended_token = 0;
  std::uint32_t attempts = 0;      ///< that failed or were given up on their timeout
  std::uint32_t lease_losses = 0;  ///< its worker died or was cut off
  std::uint32_t hand_backs = 0;    ///< a worker could not do it
  bool cancel_requested = false;   ///< running: its end, whatever it is, will be `cancelled`
  double progress = 0;             ///< 0..1

  /// Why the last attempt ended without success; also of a job that runs again.
  std::optional<result::Error> error;
  bool is_dead_letter = false;  ///< failed, and nobody has looked after it yet
  std::string run_id;           ///< completed: the run in the result store; or empty
  std::string output;           ///< completed: what the work gave beside a run, JSON; or empty

  // Jobs that fan out into parts and join them.
  JobId whole;                    ///< of a part: the job it belongs to; empty otherwise
  std::uint32_t part_number = 0;  ///< of a part: 0, 1, ...
  std::uint32_t parts = 0;        ///< of the whole: how many it fanned out into
  std::uint32_t open_parts = 0;   ///< of the whole: those not yet completed
  bool joins = false;  ///< of the whole: all parts are completed, its next attempt joins them

  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

/// What people are told: a job that waits to join its parts is still running.
[[nodiscard]] constexpr JobState shown_state(const JobRecord& record) noexcept {
  return record.state == JobState::queued && record.joins ? JobState::running : record.state;
}

}  // namespace hts::jobs
