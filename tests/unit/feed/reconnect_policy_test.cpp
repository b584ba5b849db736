#include "adapters/feed/reconnect_policy.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace hts::feed {
namespace {

using namespace std::chrono_literals;
using Moment = ReconnectPolicy::Moment;

/// Attempts of 48 hours against a server that lets a connection live for `life` each time.
std::vector<Moment> two_days(std::chrono::milliseconds life, std::uint32_t seed) {
  std::mt19937_64 random(seed);
  ReconnectPolicy policy;
  std::vector<Moment> attempts;
  Moment now{};
  while (now < Moment{48h}) {
    attempts.push_back(now);
    now += 20ms;
    if (life.count() > 0) {
      policy.went_live(now);
      now += life;
    }
    now += policy.lost(now, std::uniform_real_distribution<double>{0, 1}(random));
  }
  return attempts;
}

std::size_t most_within(const std::vector<Moment>& attempts, Moment window) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < attempts.size(); ++last) {
    while (attempts[last] - attempts[first] >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(reconnect_policy, pauses_double_up_to_a_minute_and_are_drawn_from_the_upper_half) {
  ReconnectPolicy policy;
  std::chrono::milliseconds expected = 1s;
  for (int i = 0; i < 12; ++i) {
    ReconnectPolicy copy = policy;
    EXPECT_EQ(copy.lost({}, 0), expected / 2);
    const auto longest = policy.lost({}, 0.999999);
    EXPECT_LE(longest, expected);
    EXPECT_GE(longest, expected - 2ms);
    expected = std::min<std::chrono::milliseconds>(expected * 2, 60s);
  }
}

TEST(reconnect_policy, only_a_connection_that_held_makes_the_next_pause_short) {
  ReconnectPolicy policy;
  for (int i = 0; i < 5; ++i) (void)policy.lost({}, 0);
  policy.went_live(10s);
  EXPECT_EQ(policy.lost(69s, 0), 16s);
  policy.went_live(100s);
  EXPECT_EQ(policy.lost(160s, 0), 500ms);
  EXPECT_EQ(policy.failures(), 1);
}

TEST(reconnect_policy, a_server_may_ask_for_a_longer_pause_within_reason) {
  ReconnectPolicy policy;
  EXPECT_EQ(policy.lost({}, 0, 30s), 30s);
  EXPECT_EQ(policy.lost({}, 0, 24h), 120s);
}

TEST(reconnect_policy, two_days_without_a_server_are_no_storm) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto attempts = two_days(0ms, seed);
    EXPECT_LE(attempts.size(), 48U * 60 * 2 + 10);
    EXPECT_GE(attempts.size(), 48U * 60 - 10);
    EXPECT_LE(most_within(attempts, 60s), 8U);
    EXPECT_LE(most_within(attempts, 1h), 130U);
  }
}

TEST(reconnect_policy, two_days_of_a_server_that_takes_and_drops_connections_are_no_storm) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    for (const auto life : {1ms, 500ms, 10'000ms, 59'900ms}) {
      const auto attempts = two_days(life, seed);
      EXPECT_LE(most_within(attempts, 60s), 8U) << life.count();
      EXPECT_LE(most_within(attempts, 1h), 130U) << life.count();
    }
    // Those that hold for a minute may come again soon, which is a connection a minute.
    EXPECT_LE(most_within(two_days(60'000ms, seed), 1h), 61U);
  }
}

TEST(reconnect_policy, a_thousand_clients_of_a_server_that_fell_do_not_come_back_together) {
  std::mt19937_64 random(3);
  std::vector<std::size_t> in_slice(100);
  for (int client = 0; client < 1000; ++client) {
    ReconnectPolicy policy;
    for (int i = 0; i < 6; ++i) (void)policy.lost({}, 0);
    const auto pause = policy.lost({}, std::uniform_real_distribution<double>{0, 1}(random));
    ++in_slice[static_cast<std::size_t>((pause - 30s) / 300ms) % 100];
  }
  EXPECT_LE(*std::max_element(in_slice.begin(), in_slice.end()), 30U);
}

}  // namespace
}  // namespace hts::feed
