#include "adapters/threads/interrupt_watch.hpp"

#include <gtest/gtest.h>

namespace hts::threads {
namespace {

TEST(InterruptWatch, sets_its_flag_once_the_user_interrupts) {
  std::atomic<int> asked{0};
  const InterruptWatch watch{[&] { return ++asked == 3; }};
  watch.flag().wait(false);
  EXPECT_TRUE(watch.flag());
}

TEST(InterruptWatch, ends_with_a_user_who_never_does) {
  const InterruptWatch watch{[] { return false; }};
  EXPECT_FALSE(watch.flag());
}

TEST(InterruptWatch, asks_nobody_when_there_is_nobody_to_ask) {
  const InterruptWatch watch{nullptr};
  EXPECT_FALSE(watch.flag());
}

}  // namespace
}  // namespace hts::threads
