#include "engine/jobs/retry_policy.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace hts::jobs {
namespace {

using namespace std::chrono_literals;

time::Duration longest_of(const RetryPolicy& policy, std::uint32_t failures) {
  std::mt19937_64 random{failures};
  time::Duration longest{};
  for (int i = 0; i < 10'000; ++i) longest = std::max(longest, policy.wait(failures, random()));
  return longest;
}

TEST(RetryPolicy, doubles_the_longest_wait_with_each_failure) {
  const RetryPolicy policy;
  time::Duration bound = 1s;
  for (std::uint32_t failures = 1; failures <= 9; ++failures, bound *= 2) {
    const time::Duration longest = longest_of(policy, failures);
    EXPECT_LE(longest, std::min<time::Duration>(bound, 5min)) << failures;
    EXPECT_GE(longest, std::min<time::Duration>(bound, 5min) * 99 / 100) << failures;
  }
}

TEST(RetryPolicy, never_waits_longer_than_the_longest_however_often_it_failed) {
  const RetryPolicy policy;
  for (const std::uint32_t failures : {10U, 63U, 64U, 65U, 1'000U}) {
    EXPECT_LE(longest_of(policy, failures), 5min);
  }
  EXPECT_LE(policy.wait(std::numeric_limits<std::uint32_t>::max(), ~0ULL), 5min);
}

TEST(RetryPolicy, spreads_the_waits_evenly) {
  const RetryPolicy policy;
  std::mt19937_64 random{1};
  double sum = 0;
  int early = 0;
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const auto wait = policy.wait(3, random());
    ASSERT_GE(wait, 0ns);
    sum += std::chrono::duration<double>(wait).count();
    if (wait < 1s) ++early;
  }
  EXPECT_NEAR(sum / draws, 2.0, 0.02);
  EXPECT_NEAR(static_cast<double>(early) / draws, 0.25, 0.01);
}

TEST(RetryPolicy, may_be_set_to_not_waiting_at_all) {
  const RetryPolicy policy{.first = 0s, .longest = 0s};
  EXPECT_EQ(policy.wait(1, ~0ULL), 0ns);
  EXPECT_EQ(policy.wait(9, ~0ULL), 0ns);
  const RetryPolicy reversed{.first = 10s, .longest = 1s};
  EXPECT_LE(longest_of(reversed, 1), 1s);
}

TEST(RetryPolicy, a_wrong_request_is_not_tried_again) {
  using enum result::ErrorCode;
  for (const auto code :
       {malformed, unknown_symbol, invalid, not_found, too_large, conflict, cancelled}) {
    EXPECT_FALSE(may_retry(code));
  }
  for (const auto code : {unavailable, timed_out, storage, network, internal}) {
    EXPECT_TRUE(may_retry(code));
  }
}

}  // namespace
}  // namespace hts::jobs
