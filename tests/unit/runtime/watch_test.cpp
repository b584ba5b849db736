#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

class watch : public ::testing::Test {
 protected:
  void watch_now() {
    stage.in_turn(watcher, [this](Context& context) {
      id = context.watch(watched, [this](const DeathNotice& notice) { notices.push_back(notice); });
    });
  }

  Record watching;
  Record dying;
  Stage stage;
  ProbeAddress watcher = stage.probe("watcher", watching);
  ProbeAddress watched = stage.probe("watched", dying, {.supervision = {.max_restarts = 0}});
  std::vector<DeathNotice> notices;
  WatchId id;
};

TEST_F(watch, tells_once_that_an_actor_was_stopped) {
  watch_now();
  EXPECT_TRUE(notices.empty());
  stage.runtime().stop(watched);
  stage.run();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices.front().actor, "watched");
  EXPECT_FALSE(notices.front().failed);
}

TEST_F(watch, tells_why_an_actor_gave_up) {
  watch_now();
  stage.in_turn(watched, [](Context&) { throw std::runtime_error("disk on fire"); });
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_TRUE(notices.front().failed);
  EXPECT_EQ(notices.front().error, "disk on fire");
}

TEST_F(watch, tells_at_once_when_the_actor_is_dead_already) {
  stage.in_turn(watched, [](Context&) { throw std::runtime_error("disk on fire"); });
  watch_now();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices.front().error, "disk on fire");
}

TEST_F(watch, of_nobody_tells_at_once) {
  watched = {};
  watch_now();
  EXPECT_EQ(notices.size(), 1U);
}

TEST_F(watch, says_nothing_about_a_restart) {
  Record& restarting = stage.new_record();
  watched = stage.probe("restarting", restarting);
  watch_now();
  stage.in_turn(watched, [](Context&) { throw std::runtime_error("hiccup"); });
  stage.advance(seconds{1});
  EXPECT_EQ(restarting.made, 2);
  EXPECT_TRUE(notices.empty());
}

TEST_F(watch, that_was_taken_back_says_nothing) {
  watch_now();
  stage.in_turn(watcher, [this](Context& context) { context.unwatch(watched, id); });
  stage.runtime().stop(watched);
  stage.run();
  EXPECT_TRUE(notices.empty());
}

TEST_F(watch, by_an_actor_that_restarted_since_says_nothing) {
  watch_now();
  stage.in_turn(watcher, [](Context&) { throw std::runtime_error("hiccup"); });
  stage.advance(seconds{1});
  stage.runtime().stop(watched);
  stage.run();
  EXPECT_TRUE(notices.empty());
}

TEST_F(watch, several_watchers_are_all_told) {
  Record& more = stage.new_record();
  const auto second = stage.probe("second", more);
  watch_now();
  watcher = second;
  watch_now();
  stage.runtime().stop(watched);
  stage.run();
  EXPECT_EQ(notices.size(), 2U);
}

TEST_F(watch, does_not_hold_up_the_stop_of_the_watcher) {
  watch_now();
  stage.runtime().stop(watcher);
  stage.run();
  EXPECT_EQ(watcher.tell(Note{}), SendResult::stopped);
  stage.runtime().stop(watched);
  stage.run();
  EXPECT_TRUE(notices.empty());
}

}  // namespace
}  // namespace hts::runtime::test
