#include "actors/job_decisions.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::make_error;

time::Duration doubled(time::Duration first, std::uint32_t times, time::Duration most) noexcept {
  time::Duration wait = first;
  for (std::uint32_t i = 0; i < times && wait < most; ++i) wait *= 2;
  return std::min(wait, most);
}

result::Error timed_out_error(time::Duration timeout) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  const std::string seconds = milliseconds % 1000 == 0
                                  ? std::to_string(milliseconds / 1000)
                                  : std::to_string(static_cast<double>(milliseconds) / 1000);
  return make_error(ErrorCode::timed_out,
                    "The attempt was not finished within " + seconds +
                        " seconds: ask for less, or allow more with timeout_seconds.",
                    "timeout_seconds");
}

}  // namespace

std::size_t jobs_to_hold(std::size_t idle, std::size_t workers,
                         std::optional<time::Duration> mean_run) noexcept {
  if (!mean_run) return idle;
  constexpr time::Duration ahead = std::chrono::milliseconds{100};
  const std::int64_t run = std::max<std::int64_t>(mean_run->count(), 1);
  const auto finished = static_cast<std::size_t>(ahead.count() / run);
  return idle + std::min(finished * workers, most_claimed_ahead);
}

time::Duration hand_back_wait(std::uint32_t hand_backs) noexcept {
  return doubled(std::chrono::milliseconds{250}, hand_backs, std::chrono::seconds{60});
}

time::Duration rest_wait(std::uint32_t rests) noexcept {
  return doubled(std::chrono::seconds{1}, rests, std::chrono::seconds{60});
}

time::Duration store_wait(std::uint32_t failures) noexcept {
  return doubled(std::chrono::milliseconds{100}, failures == 0 ? 0 : failures - 1,
                 std::chrono::seconds{5});
}

jobs::WorkEnd settle(result::Result<jobs::WorkEnd> told, const AttemptFacts& facts,
                     const jobs::RetryPolicy& retries, std::uint64_t draw) {
  const auto failed = [&](result::Error error, bool may_retry) -> jobs::WorkEnd {
    return jobs::AttemptFailed{std::move(error), may_retry, retries.wait(facts.attempts + 1, draw)};
  };
  if (!told) {
    if (facts.is_stopping) return jobs::HandedBack{};
    return failed(make_error(ErrorCode::internal, "The worker broke: " + told.error().message +
                                                      " See the daemon's log."),
                  true);
  }
  jobs::WorkEnd end = std::move(told).value();
  if (auto* failure = std::get_if<jobs::AttemptFailed>(&end)) {
    return failed(std::move(failure->error), failure->may_retry);
  }
  if (auto* back = std::get_if<jobs::HandedBack>(&end)) {
    if (!back->reason.empty()) back->retry_after = hand_back_wait(facts.hand_backs);
    return end;
  }
  if (!std::holds_alternative<jobs::WorkCancelled>(end) || facts.cancel_requested) return end;
  if (facts.timed_out) return failed(timed_out_error(facts.timeout), true);
  if (facts.is_stopping) return jobs::HandedBack{};
  return failed(make_error(ErrorCode::internal, "The work ended as if somebody had cancelled it."),
                true);
}

}  // namespace hts::actors
