#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/jobs/job_machine.hpp"
#include "engine/jobs/retry_policy.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// What the scheduler decides about jobs, as functions of what it knows.
namespace hts::actors {

/// Jobs that are claimed before a worker is free are at most this many.
inline constexpr std::size_t most_claimed_ahead = 512;

/// How many claimed jobs should wait here: one for each idle worker, and as many more as the
/// workers finish in 100 ms, so that a deep queue of short jobs takes a few large batches while a
/// long job is claimed only by who can start it. `mean_run`: of an attempt; nothing before the
/// first has ended.
[[nodiscard]] std::size_t jobs_to_hold(std::size_t idle, std::size_t workers,
                                       std::optional<time::Duration> mean_run) noexcept;

/// How long a job that a worker could not do waits: 250 ms, doubled each time, at most 60 s.
/// Another worker gets it soon; many workers that cannot do it take minutes to use up its
/// hand-backs.
[[nodiscard]] time::Duration hand_back_wait(std::uint32_t hand_backs) noexcept;

/// How long a worker that could not do a job leaves a shared queue to the others: 1 s, doubled with
/// each such rest since it last did a job, at most 60 s.
[[nodiscard]] time::Duration rest_wait(std::uint32_t rests) noexcept;

/// How long to leave a store alone that failed so often in a row: 100 ms, doubled, at most 5 s.
[[nodiscard]] time::Duration store_wait(std::uint32_t failures) noexcept;

/// What the scheduler knows of an attempt when its worker answers.
struct AttemptFacts {
  bool is_stopping = false;       ///< the daemon stops and has cancelled the work
  bool timed_out = false;         ///< the attempt's time was over and the work was cancelled
  bool cancel_requested = false;  ///< by a user
  std::uint32_t attempts = 0;     ///< that failed before
  std::uint32_t hand_backs = 0;   ///< before
  time::Duration timeout{};
};

/// What the store is told: the worker's word, with the wait before the next attempt, and with the
/// reason why work was cancelled. A worker that broke (an error instead of a word) is a failed
/// attempt. `draw`: 64 random bits.
[[nodiscard]] jobs::WorkEnd settle(result::Result<jobs::WorkEnd> told, const AttemptFacts& facts,
                                   const jobs::RetryPolicy& retries, std::uint64_t draw);

}  // namespace hts::actors
