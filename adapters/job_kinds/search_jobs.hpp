#pragma once

#include <memory>
#include <string_view>

#include "actors/job_work.hpp"
#include "adapters/job_kinds/job_kinds.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/result/result.hpp"

/// Sweeps and walks as jobs. A long one fans out: a sweep into stretches of its combinations, a
/// walk into runs of its windows, at most `most_parts` of them; when all are done it is put
/// together to the document that `hts sweep --json` and `hts walk-forward --json` print for the
/// same request. A part computes on one thread.
///
/// Limits: a million combinations. Putting a sweep together repeats some ten simulations for each
/// of the 256 sampled trials, whatever the number of combinations, and holds 24 bytes for each of
/// these.
namespace hts::job_kinds {

inline constexpr std::size_t most_parts = 64;
/// A part of a sweep has at least so many combinations.
inline constexpr std::uint64_t fewest_combinations = 64;

/// "sweep", "walk_forward" and the kinds of their parts.
[[nodiscard]] bool is_search(std::string_view kind) noexcept;

/// Requires such a kind. Errors: those of the request.
[[nodiscard]] result::Result<actors::ComputedWork> understand_search(
    const ParseBacktest& parse_backtest, const jobs::NewJob& job);

}  // namespace hts::job_kinds
