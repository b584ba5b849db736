#include "engine/jobs/retry_policy.hpp"

#include <algorithm>

namespace hts::jobs {

time::Duration RetryPolicy::wait(std::uint32_t failures, std::uint64_t draw) const noexcept {
  time::Duration most = std::min(first, longest);
  for (std::uint32_t failure = 1; failure < failures && most < longest; ++failure) {
    most = most > longest / 2 ? longest : most * 2;
  }
  if (most <= time::Duration::zero()) return time::Duration::zero();
  return time::Duration{
      static_cast<std::int64_t>(draw % (static_cast<std::uint64_t>(most.count()) + 1))};
}

bool may_retry(result::ErrorCode code) noexcept {
  using enum result::ErrorCode;
  switch (code) {
    case malformed:
    case unknown_symbol:
    case invalid:
    case not_found:
    case too_large:
    case conflict:
    case cancelled:
      return false;
    case unavailable:
    case timed_out:
    case storage:
    case network:
    case internal:
      return true;
  }
  return false;
}

}  // namespace hts::jobs
