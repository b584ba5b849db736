#include "engine/runtime/timers.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/runtime/random.hpp"
#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using ::testing::ElementsAre;

SteadyTime ms(std::int64_t since_start) {
  return SteadyTime(milliseconds{since_start});
}

class timer_queue : public ::testing::Test {
 protected:
  TimerId set(std::int64_t due, int name) {
    return queue.set(ms(due), Duration::zero(), [this, name] { fired.push_back(name); });
  }
  void fire_until(std::int64_t now) {
    while (queue.fire_one(ms(now))) {
    }
  }

  std::vector<int> fired;
  detail::TimerQueue queue;
};

TEST_F(timer_queue, fires_in_order_of_time_then_of_setting) {
  set(30, 3);
  set(10, 1);
  set(20, 21);
  set(20, 22);
  set(20, 23);
  fire_until(20);
  EXPECT_THAT(fired, ElementsAre(1, 21, 22, 23));
  fire_until(30);
  EXPECT_EQ(fired.back(), 3);
  EXPECT_FALSE(queue.next_due());
}

TEST_F(timer_queue, a_cancelled_timer_never_fires_and_its_name_is_never_reused) {
  const TimerId first = set(10, 1);
  EXPECT_TRUE(queue.cancel(first));
  EXPECT_FALSE(queue.cancel(first));
  const TimerId second = set(10, 2);
  EXPECT_NE(first, second);
  EXPECT_FALSE(queue.cancel(first)) << "it must not cancel the timer that took its place";
  fire_until(10);
  EXPECT_THAT(fired, ElementsAre(2));
  EXPECT_FALSE(queue.cancel(second));
  EXPECT_FALSE(queue.cancel(TimerId{}));
}

TEST_F(timer_queue, a_repeating_timer_keeps_its_phase_and_skips_what_it_missed) {
  queue.set(ms(10), milliseconds{10}, [this] { fired.push_back(1); });
  fire_until(10);
  EXPECT_EQ(queue.next_due(), ms(20));
  fire_until(47);
  EXPECT_EQ(fired.size(), 2U);
  EXPECT_EQ(queue.next_due(), ms(50));
}

TEST_F(timer_queue, a_repeating_timer_may_cancel_itself) {
  TimerId id;
  id = queue.set(ms(10), milliseconds{10}, [&] {
    fired.push_back(1);
    EXPECT_TRUE(queue.cancel(id));
    for (int i = 0; i < 100; ++i) set(1000, 2);
  });
  fire_until(100);
  EXPECT_THAT(fired, ElementsAre(1));
}

TEST_F(timer_queue, a_callback_that_throws_leaves_the_queue_in_order) {
  queue.set(ms(10), milliseconds{10}, [] { throw std::runtime_error("no"); });
  EXPECT_THROW(queue.fire_one(ms(10)), std::runtime_error);
  EXPECT_EQ(queue.next_due(), ms(20));
  EXPECT_THROW(queue.fire_one(ms(20)), std::runtime_error);
}

TEST_F(timer_queue, ten_thousand_timers_set_and_cancelled_at_random_fire_sorted) {
  std::uint64_t random = 7;
  std::vector<std::pair<std::int64_t, int>> expected;
  for (int i = 0; i < 10'000; ++i) {
    const auto due = static_cast<std::int64_t>(detail::next_random(random) % 1000);
    const TimerId id = set(due, i);
    if (detail::next_random(random) % 3 == 0) {
      ASSERT_TRUE(queue.cancel(id));
    } else {
      expected.emplace_back(due, i);
    }
  }
  std::sort(expected.begin(), expected.end());
  fire_until(1000);
  ASSERT_EQ(fired.size(), expected.size());
  for (std::size_t i = 0; i < fired.size(); ++i) ASSERT_EQ(fired[i], expected[i].second);
}

TEST_F(timer_queue, a_million_are_set_cancelled_and_fired_in_order) {
  constexpr int count = 1'000'000;
  std::uint64_t random = 11;
  std::vector<TimerId> ids;
  ids.reserve(count);
  int fired_count = 0;
  std::pair<std::int64_t, int> last{-1, -1};
  bool sorted = true;
  for (int i = 0; i < count; ++i) {
    const auto due = static_cast<std::int64_t>(detail::next_random(random) % 100'000);
    ids.push_back(queue.set(ms(due), Duration::zero(), [&, due, i] {
      ++fired_count;
      sorted = sorted && last < std::pair{due, i};
      last = {due, i};
    }));
  }
  EXPECT_EQ(queue.size(), 1'000'000U);
  for (int i = 0; i < count; ++i) {
    if (i % 4 != 0) {
      ASSERT_TRUE(queue.cancel(ids[static_cast<std::size_t>(i)]));
    }
  }
  EXPECT_EQ(queue.size(), 250'000U);
  fire_until(100'000);
  EXPECT_EQ(fired_count, 250'000);
  EXPECT_TRUE(sorted);
  EXPECT_EQ(queue.size(), 0U);
}

TEST_F(timer_queue, set_and_cancelled_over_and_over_keeps_nothing) {
  // Time-outs of questions that are answered at once: none is ever due.
  const TimerId kept = set(5'000'000, 1);
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(queue.cancel(set(1'000'000 - i, 2)));
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue.next_due(), ms(5'000'000));
  EXPECT_TRUE(queue.cancel(kept));
  EXPECT_FALSE(queue.next_due());
}

TEST_F(timer_queue, a_cancelled_callback_dies_at_once_and_may_set_and_cancel_others) {
  struct AtEnd {
    std::function<void()> what;
    explicit AtEnd(std::function<void()> f) : what(std::move(f)) {}
    AtEnd(AtEnd&& other) noexcept : what(std::exchange(other.what, nullptr)) {}
    ~AtEnd() {
      if (what) what();
    }
  };
  const TimerId other = set(5, 5);
  const TimerId first = queue.set(ms(1), Duration::zero(), [end = AtEnd([&] {
                                                              fired.push_back(0);
                                                              EXPECT_TRUE(queue.cancel(other));
                                                              for (int i = 1; i < 100; ++i)
                                                                set(7, i);
                                                            })] {});
  EXPECT_TRUE(queue.cancel(first));
  EXPECT_THAT(fired, ElementsAre(0));
  EXPECT_EQ(queue.size(), 99U);
  queue.set(ms(9), Duration::zero(), [end = AtEnd([&] { set(8, 8); })] {});
  queue.clear();
  EXPECT_EQ(queue.size(), 0U);
}

class timers : public ::testing::Test {
 protected:
  Record record;
  Stage stage;
  ProbeAddress probe = stage.probe("probe", record);
  std::vector<int> fired;
};

TEST_F(timers, fire_at_their_time_in_virtual_time) {
  stage.in_turn(probe, [this](Context& context) {
    context.after(seconds{3600}, [this] { fired.push_back(2); });
    context.after(seconds{60}, [this] { fired.push_back(1); });
  });
  stage.advance(seconds{59});
  EXPECT_TRUE(fired.empty());
  stage.advance(seconds{1});
  EXPECT_THAT(fired, ElementsAre(1));
  stage.advance(seconds{7200});
  EXPECT_THAT(fired, ElementsAre(1, 2));
}

TEST_F(timers, repeat_until_cancelled) {
  TimerId id;
  stage.in_turn(probe, [&](Context& context) {
    id = context.every(seconds{1}, [&] {
      fired.push_back(1);
      if (fired.size() == 3) {
        EXPECT_TRUE(context.cancel(id));
      }
    });
  });
  stage.advance(seconds{10});
  EXPECT_EQ(fired.size(), 3U);
}

TEST_F(timers, one_set_earlier_than_the_one_before_fires_first) {
  stage.in_turn(
      probe, [&](Context& context) { context.after(seconds{10}, [&] { fired.push_back(10); }); });
  stage.in_turn(probe,
                [&](Context& context) { context.after(seconds{1}, [&] { fired.push_back(1); }); });
  stage.advance(seconds{1});
  EXPECT_THAT(fired, ElementsAre(1));
}

TEST_F(timers, for_a_time_beyond_all_clocks_never_fire) {
  stage.in_turn(probe, [&](Context& context) {
    context.after(Duration::max(), [&] { fired.push_back(1); });
    context.after(Duration::min(), [&] { fired.push_back(0); });
  });
  stage.advance(std::chrono::hours{24 * 365});
  EXPECT_THAT(fired, ElementsAre(0));
}

TEST_F(timers, die_with_their_incarnation) {
  stage.in_turn(probe,
                [&](Context& context) { context.after(seconds{5}, [&] { fired.push_back(1); }); });
  stage.in_turn(probe, [](Context&) { throw std::runtime_error("hiccup"); });
  stage.advance(seconds{10});
  EXPECT_EQ(record.made, 2);
  EXPECT_TRUE(fired.empty());
}

TEST_F(timers, that_throw_restart_their_actor) {
  stage.in_turn(probe, [&](Context& context) {
    context.after(seconds{1}, [] { throw std::runtime_error("late hiccup"); });
  });
  stage.advance(seconds{10});
  EXPECT_EQ(record.made, 2);
  EXPECT_EQ(stage.snapshot("probe").last_error, "late hiccup");
}

TEST_F(timers, do_not_keep_a_stopping_actor_alive) {
  stage.in_turn(probe,
                [&](Context& context) { context.every(seconds{1}, [&] { fired.push_back(1); }); });
  stage.runtime().stop(probe);
  stage.run();
  EXPECT_EQ(record.ended, 1);
  stage.advance(seconds{5});
  EXPECT_TRUE(fired.empty());
  EXPECT_FALSE(stage.executor().next_alarm());
}

TEST_F(timers, many_due_at_once_let_others_run_after_one_batch) {
  const auto other = stage.probe("other", stage.new_record());
  int fired_before_other = -1;
  stage.in_turn(probe, [&](Context& context) {
    for (int i = 0; i < 10'000; ++i) {
      context.after(seconds{1}, [&, i] {
        fired.push_back(i);
        if (i == 0) {
          EXPECT_TRUE(taken(other.tell(
              Do{[&](Context&) { fired_before_other = static_cast<int>(fired.size()); }})));
        }
      });
    }
  });
  stage.advance(seconds{1});
  EXPECT_EQ(fired.size(), 10'000U);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
  EXPECT_LE(fired_before_other, 256);
}

}  // namespace
}  // namespace hts::runtime::test
