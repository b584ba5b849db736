#include "engine/alerts/token_bucket.hpp"

#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using std::chrono::seconds;

constexpr time::Timestamp begin{std::chrono::days{19'943}};

TEST(TokenBucket, lets_a_burst_through_and_then_one_an_interval) {
  TokenBucket bucket(3, seconds{10});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(bucket.ready_at(begin), begin);
    bucket.take(begin);
  }
  EXPECT_EQ(bucket.ready_at(begin), begin + seconds{10});
  bucket.take(begin + seconds{10});
  EXPECT_EQ(bucket.ready_at(begin + seconds{10}), begin + seconds{20});
}

TEST(TokenBucket, a_clock_that_is_set_back_holds_up_for_one_interval_at_most) {
  TokenBucket bucket(1, seconds{10});
  bucket.take(begin);
  EXPECT_EQ(bucket.ready_at(begin - std::chrono::hours{5}),
            begin - std::chrono::hours{5} + seconds{10});
}

TEST(TokenBucket, never_more_go_within_any_time_than_the_burst_and_its_intervals) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 50; ++round) {
    const auto burst = static_cast<std::uint32_t>(1 + random() % 5);
    const seconds interval{1 + static_cast<int>(random() % 20)};
    TokenBucket bucket(burst, interval);
    std::vector<time::Timestamp> gone;
    time::Timestamp now = begin;
    for (int i = 0; i < 200; ++i) {
      now += seconds{static_cast<int>(random() % 15)};
      if (bucket.ready_at(now) > now) continue;
      bucket.take(now);
      gone.push_back(now);
    }
    for (std::size_t first = 0; first < gone.size(); ++first) {
      for (std::size_t last = first; last < gone.size(); ++last) {
        const auto allowed = burst + (gone[last] - gone[first]) / interval;
        ASSERT_LE(static_cast<std::int64_t>(last - first + 1), allowed);
      }
    }
  }
}

}  // namespace
}  // namespace hts::alerts
