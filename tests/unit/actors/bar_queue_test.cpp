#include "actors/bar_queue.hpp"

#include <gtest/gtest.h>

namespace hts::actors {
namespace {

time::Timestamp minute(int number) {
  return time::Timestamp{std::chrono::minutes{1'000 + number}};
}
std::shared_ptr<const LiveBar> bar(std::uint64_t number, std::uint32_t decisions) {
  LiveBar made;
  made.number = number;
  made.open_time = minute(static_cast<int>(number));
  made.decisions = decisions;
  return std::make_shared<const LiveBar>(std::move(made));
}
Decided decided(int bar_number, paper::SlotId slot, std::uint32_t life = 1, bool buys = false) {
  Decided made;
  made.bar = static_cast<std::uint64_t>(bar_number);
  made.bar_time = minute(bar_number);
  made.slot = slot;
  made.life = life;
  if (buys) made.signal = strategies::Signal{};
  return made;
}

struct BarQueueTest : ::testing::Test {
  BarQueueTest() { queue.begin(minute(0), 1); }
  BarQueue queue;
};

TEST_F(BarQueueTest, a_bar_goes_on_once_its_decisions_are_there_in_any_order) {
  queue.add(decided(1, 5, 1, true));
  queue.add(decided(2, 5));
  ASSERT_TRUE(queue.add(bar(1, 2)));
  ASSERT_TRUE(queue.add(bar(2, 1)));
  EXPECT_FALSE(queue.take());  // the second is whole, but not before the first
  queue.add(decided(1, 2, 1, true));
  const auto first = queue.take();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_complete);
  ASSERT_EQ(first->signals.size(), 2U);
  EXPECT_EQ(first->signals[0].slot, 2U);
  EXPECT_EQ(first->signals[1].slot, 5U);
  EXPECT_TRUE(queue.take());
  EXPECT_TRUE(queue.empty());
}

TEST_F(BarQueueTest, at_once_takes_what_is_there_and_the_rest_is_late) {
  ASSERT_TRUE(queue.add(bar(1, 2)));
  queue.add(decided(1, 0, 1, true));
  const auto ready = queue.take(true);
  ASSERT_TRUE(ready);
  EXPECT_FALSE(ready->is_complete);
  EXPECT_EQ(ready->signals.size(), 1U);
  queue.add(decided(1, 1));
  EXPECT_EQ(queue.late(), 1U);
}

TEST_F(BarQueueTest, refuses_a_bar_that_is_not_the_next) {
  EXPECT_TRUE(queue.add(bar(7, 0)));  // of what was followed before: passed over
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.add(bar(1, 0)));
  EXPECT_FALSE(queue.add(bar(3, 0)));
}

TEST_F(BarQueueTest, refuses_more_than_it_may_hold) {
  for (std::size_t i = 1; i <= BarQueue::most_bars; ++i) ASSERT_TRUE(queue.add(bar(i, 1)));
  EXPECT_FALSE(queue.add(bar(BarQueue::most_bars + 1, 1)));
}

TEST_F(BarQueueTest, only_the_newest_runner_of_a_slot_decides) {
  ASSERT_TRUE(queue.add(bar(1, 2)));
  queue.add(decided(1, 0, 1, true));
  queue.begin_life(0, 2);
  queue.add(decided(1, 1, 1));
  EXPECT_FALSE(queue.take());  // the older runner of slot 0 decided for this bar
  Decided caught_up = decided(1, 0, 2);
  caught_up.bar = 0;
  queue.add(caught_up);
  const auto ready = queue.take();
  ASSERT_TRUE(ready);
  EXPECT_TRUE(ready->is_complete);
  EXPECT_TRUE(ready->signals.empty());
  queue.begin(minute(0), 3);
  queue.add(decided(1, 0, 2, true));  // a runner of before
  ASSERT_TRUE(queue.add(bar(1, 0)));
  EXPECT_TRUE(queue.take()->signals.empty());
}

}  // namespace
}  // namespace hts::actors
