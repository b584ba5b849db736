#include "engine/alerts/condition_watch.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using std::chrono::seconds;

const Condition disk{"health", "disk", "The disk is full.", true};
const Condition feed{"health", "feed", "The feed is silent."};

TEST(ConditionWatch, tells_of_what_lasts_once_and_of_its_end) {
  ConditionWatch watch{seconds{30}};
  EXPECT_TRUE(watch.look(seconds{0}, {disk}).empty());
  EXPECT_TRUE(watch.look(seconds{29}, {disk}).empty());
  const auto begun = watch.look(seconds{30}, {disk});
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].condition, disk);
  EXPECT_FALSE(begun[0].is_over);
  EXPECT_TRUE(watch.look(seconds{300}, {disk}).empty());
  EXPECT_TRUE(watch.look(seconds{400}, {}).empty());
  const auto over = watch.look(seconds{430}, {});
  ASSERT_EQ(over.size(), 1U);
  EXPECT_TRUE(over[0].is_over);
  EXPECT_EQ(over[0].held, seconds{430});
  EXPECT_TRUE(watch.look(seconds{500}, {}).empty());
}

TEST(ConditionWatch, what_comes_and_goes_wakes_nobody) {
  ConditionWatch watch{seconds{30}};
  for (int second = 0; second < 200; second += 20) {
    EXPECT_TRUE(watch.look(seconds{second}, {feed}).empty());
    EXPECT_TRUE(watch.look(seconds{second + 10}, {}).empty());
  }
}

TEST(ConditionWatch, a_moment_without_it_is_no_end) {
  ConditionWatch watch{seconds{30}};
  (void)watch.look(seconds{0}, {feed});
  ASSERT_EQ(watch.look(seconds{30}, {feed}).size(), 1U);
  EXPECT_TRUE(watch.look(seconds{40}, {}).empty());
  EXPECT_TRUE(watch.look(seconds{50}, {feed}).empty());
  EXPECT_TRUE(watch.look(seconds{90}, {feed}).empty());
}

TEST(ConditionWatch, another_text_is_the_same_condition_and_another_subject_is_not) {
  ConditionWatch watch{seconds{0}};
  ASSERT_EQ(watch.look(seconds{0}, {disk}).size(), 1U);
  Condition worse = disk;
  worse.text = "The disk is very full.";
  EXPECT_TRUE(watch.look(seconds{1}, {worse}).empty());
  const auto both = watch.look(seconds{2}, {feed});
  ASSERT_EQ(both.size(), 2U);
  EXPECT_TRUE(both[0].is_over);
  EXPECT_EQ(both[0].condition.text, worse.text);
  EXPECT_EQ(both[1].condition, feed);
}

}  // namespace
}  // namespace hts::alerts
