#pragma once

#include <chrono>
#include <cstdint>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::jobs {

/// When a failed attempt is tried again: exponential back-off with full jitter ("Exponential
/// Backoff And Jitter", M. Brooker, AWS Architecture Blog 2015), so that jobs that failed together
/// do not come back together.
struct RetryPolicy {
  time::Duration first = std::chrono::seconds{1};    ///< longest wait after the first failure
  time::Duration longest = std::chrono::minutes{5};  ///< doubled with each failure up to this

  /// Uniform in [0, min(longest, first * 2^(failures - 1))], from 64 random bits. `failures`: this
  /// one included, at least 1.
  [[nodiscard]] time::Duration wait(std::uint32_t failures, std::uint64_t draw) const noexcept;
};

/// Whether the same request may succeed another time: not when the request itself is wrong.
[[nodiscard]] bool may_retry(result::ErrorCode code) noexcept;

}  // namespace hts::jobs
