#include "engine/runtime/wait_probe.hpp"

#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using std::chrono::microseconds;

static_assert(WaitHistogram::bucket_of(Duration{127}) == 0);
static_assert(WaitHistogram::bucket_of(Duration{128}) == 1);
static_assert(WaitHistogram::bucket_of(Duration{511}) == 1);
static_assert(WaitHistogram::bucket_of(Duration{512}) == 2);
static_assert(WaitHistogram::bucket_of(WaitHistogram::upper_bound(14)) == 15);
static_assert(WaitHistogram::bucket_of(std::chrono::hours{1}) == WaitHistogram::buckets - 1);

TEST(TimeHistogram, tells_mean_and_quantile) {
  WaitHistogram histogram;
  EXPECT_FALSE(histogram.mean());
  EXPECT_FALSE(histogram.quantile(0.5));
  histogram.samples[0] = 98;
  histogram.samples[3] = 2;
  histogram.total = Duration{98 * 100 + 2 * 5'000};
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.mean(), Duration{198});
  EXPECT_EQ(histogram.quantile(0.5), WaitHistogram::upper_bound(0));
  EXPECT_EQ(histogram.quantile(0.99), WaitHistogram::upper_bound(3));
  histogram.samples[WaitHistogram::buckets - 1] = 1'000;
  EXPECT_EQ(histogram.quantile(0.5), WaitHistogram::upper_bound(WaitHistogram::buckets - 2));
}

/// Tells a probe `count` messages and lets `wait` pass before they are handled.
WaitHistogram waits_of(const MailboxOptions& options, int count, Duration wait, int rounds = 1) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record, {.mailbox = options});
  stage.run();
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(taken(probe.tell(Note{i})));
    stage.executor().spend(wait);
    stage.run();
  }
  return stage.snapshot("probe").waiting;
}

class WaitingTime : public ::testing::TestWithParam<Overflow> {};
class WaitingTimeOfMany : public ::testing::TestWithParam<Overflow> {};

TEST_P(WaitingTime, is_from_the_sending_to_the_handling) {
  const auto waits = waits_of({.capacity = 64, .overflow = GetParam()}, 1, microseconds{300});
  EXPECT_EQ(waits.count(), 1U);
  EXPECT_EQ(waits.mean(), microseconds{300});
}

TEST_P(WaitingTimeOfMany, is_sampled_once_in_64_messages) {
  const auto waits = waits_of({.capacity = 64, .overflow = GetParam()}, 64, microseconds{5}, 10);
  EXPECT_EQ(waits.count(), 10U);
  EXPECT_EQ(waits.mean(), microseconds{5});
}

TEST_P(WaitingTimeOfMany, of_a_deep_mailbox_is_still_sampled) {
  const auto waits = waits_of({.capacity = 512, .overflow = GetParam()}, 512, microseconds{5}, 10);
  EXPECT_EQ(waits.count(), 10U) << "the first of each round is stamped";
  EXPECT_EQ(waits.mean(), microseconds{5});
}

INSTANTIATE_TEST_SUITE_P(overflow, WaitingTime,
                         ::testing::Values(Overflow::wait, Overflow::reject, Overflow::drop_oldest,
                                           Overflow::keep_latest));
INSTANTIATE_TEST_SUITE_P(overflow, WaitingTimeOfMany,
                         ::testing::Values(Overflow::wait, Overflow::reject,
                                           Overflow::drop_oldest));

TEST(WaitProbe, goes_on_after_its_message_was_dropped) {
  // Of 128 messages the first 64 make room, among them the stamped one.
  const auto waits =
      waits_of({.capacity = 64, .overflow = Overflow::drop_oldest}, 128, microseconds{5}, 3);
  EXPECT_EQ(waits.count(), 3U);
  EXPECT_EQ(waits.mean(), microseconds{5});
}

TEST(WaitProbe, of_a_replaced_message_starts_anew) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record, {.mailbox = {.overflow = Overflow::keep_latest}});
  stage.run();
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  stage.executor().spend(seconds{1});
  ASSERT_EQ(probe.tell(Note{2}), SendResult::replaced);
  stage.executor().spend(microseconds{7});
  stage.run();
  EXPECT_EQ(stage.snapshot("probe").waiting.mean(), microseconds{7});
}

TEST(WaitProbe, samples_bursts_too) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record);
  stage.run();
  std::vector<Note> burst(100);
  ASSERT_EQ(probe.send_n(std::span(burst)).accepted, 100U);
  stage.executor().spend(microseconds{9});
  stage.run();
  EXPECT_EQ(stage.snapshot("probe").waiting.mean(), microseconds{9});
}

}  // namespace
}  // namespace hts::runtime::test
