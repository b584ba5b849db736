#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/jobs/job_record.hpp"

/// The names of our keys, all below `hts:{QUEUE}:`. The braces keep them in one slot.
///
///     layout     the version of this layout
///     sequence   the last number of arrival
///     kinds      set: the kinds of jobs there are; those of parts begin with part/
///     job:ID     hash: r record, c claim, s sequence, v version, k kind, q request, o output,
///                e its entry in again:P while it has one
///     queue:P    stream with the group `hts`: jobs of priority P that were never handed out, and,
///                as pending ones, those that have been held since, by who runs or lost them
///     again:P    the same of those that were handed out after they went back and were nobody's
///     ready:P    sorted set by sequence: those that came back
///     delayed:P  sorted set by time: those that come back later
///     leases     sorted set by time: the ends of the leases
///     ended      sorted set by time: what may be cleaned up
///     index:K:S  sorted set by sequence: jobs of kind K in state S (q r c f x, d dead letter)
///     parts:ID   sorted set by number: parts of a job
///     key:KEY    the job of an idempotency key
///     paused     there while the queue is paused
///     signals    channel
namespace hts::redis {

inline constexpr std::string_view layout_version = "1";

[[nodiscard]] inline std::string key_prefix(const std::string& queue) {
  return "hts:{" + queue + "}:";
}

/// The P of a job: there are ten queues.
[[nodiscard]] inline std::string queue_number(int priority) {
  return std::to_string(std::clamp(priority, jobs::lowest_priority, jobs::highest_priority));
}

/// As in `index:K:S`.
[[nodiscard]] inline std::string index_kind(const std::string& kind, bool is_part) {
  return is_part ? "part/" + kind : kind;
}

[[nodiscard]] constexpr std::string_view index_state(jobs::JobState state, bool is_dead_letter) {
  switch (state) {
    case jobs::JobState::queued:
      return "q";
    case jobs::JobState::running:
      return "r";
    case jobs::JobState::completed:
      return "c";
    case jobs::JobState::failed:
      return is_dead_letter ? "d" : "f";
    case jobs::JobState::cancelled:
      return "x";
  }
  return "";
}

}  // namespace hts::redis
