#include "adapters/feed/stream_watch.hpp"

#include <gtest/gtest.h>

namespace hts::feed {
namespace {

using namespace std::chrono_literals;
using Step = StreamWatch::Step;

TEST(stream_watch, a_silent_connection_is_asked_then_stalled_then_given_up) {
  StreamWatch watch({}, 0s);
  EXPECT_EQ(watch.tick(19s), Step::nothing);
  EXPECT_EQ(watch.tick(20s), Step::send_keepalive);
  EXPECT_EQ(watch.tick(25s), Step::nothing);
  EXPECT_EQ(watch.tick(30s), Step::report_stall);
  EXPECT_EQ(watch.tick(31s), Step::nothing);
  EXPECT_TRUE(watch.is_stalled());
  EXPECT_EQ(watch.tick(45s), Step::give_up);
}

TEST(stream_watch, an_answer_ends_the_stall) {
  StreamWatch watch({}, 0s);
  EXPECT_EQ(watch.tick(30s), Step::report_stall);
  watch.heard(31s);
  EXPECT_FALSE(watch.is_stalled());
  EXPECT_EQ(watch.tick(50s), Step::nothing);
  EXPECT_EQ(watch.tick(51s), Step::send_keepalive);
}

TEST(stream_watch, answers_without_data_are_not_enough_for_ever) {
  StreamWatch watch({}, 0s);
  for (auto now = 0s; now < 300s; now += 10s) {
    watch.heard(now);
    ASSERT_EQ(watch.tick(now), Step::nothing);
  }
  watch.heard(300s);
  EXPECT_EQ(watch.tick(300s), Step::give_up);
}

TEST(stream_watch, a_connection_is_replaced_once_before_the_exchange_ends_it) {
  StreamWatch watch({}, 0s);
  watch.excuse(23h + 30min);
  EXPECT_EQ(watch.tick(23h + 30min), Step::replace);
  EXPECT_EQ(watch.tick(23h + 30min), Step::nothing);
}

}  // namespace
}  // namespace hts::feed
