#include "engine/runtime/turn.hpp"

#include <functional>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/runtime/executor.hpp"

namespace hts::runtime::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keeps what is scheduled for the test to look at.
class SharedQueue final : public Executor {
 public:
  [[nodiscard]] Timestamp now() const noexcept override { return {}; }
  [[nodiscard]] SteadyTime steady_now() const noexcept override { return {}; }
  void schedule(Task& task) noexcept override { waiting.push_back(&task); }
  void share(Task& task) noexcept override { shared_at_once.push_back(&task); }
  [[nodiscard]] bool has_shared_work() const noexcept override { return work_from_others; }
  [[nodiscard]] std::unique_ptr<Alarm> make_alarm(AlarmTarget&) override { return nullptr; }
  [[nodiscard]] bool has_threads() const noexcept override { return true; }
  void start() override {}
  void stop() noexcept override {}
  bool wait(const std::function<bool()>&, SteadyTime) override { return false; }
  void notify() noexcept override {}

  std::vector<Task*> waiting;
  std::vector<Task*> shared_at_once;
  bool work_from_others = false;
};

class LightTask final : public Task {
 public:
  LightTask() { heavy = false; }
  void run(Turn& turn) noexcept override {
    if (what) what(turn);
  }
  std::function<void(Turn&)> what;
};

class turns : public ::testing::Test {
 protected:
  /// As an executor does it. Returns the tasks run after the first, in order.
  std::vector<Task*> run_from(Task& first) {
    std::vector<Task*> run;
    Turn turn(shared, Turn::Queueing::inside);
    first.run(turn);
    while (Task* next = turn.next()) {
      run.push_back(next);
      next->run(turn);
    }
    return run;
  }

  SharedQueue shared;
  LightTask a;
  LightTask b;
  LightTask c;
};

TEST_F(turns, woken_tasks_run_inside_the_turn_first_come_first_served) {
  a.what = [&](Turn& turn) {
    turn.schedule(b);
    turn.schedule(c);
  };
  EXPECT_THAT(run_from(a), ElementsAre(&b, &c));
  EXPECT_THAT(shared.waiting, IsEmpty());
}

TEST_F(turns, a_task_with_more_to_do_waits_behind_the_others) {
  int left = 2;
  a.what = [&](Turn& turn) {
    if (left-- == 2) turn.schedule(b);
    if (left > 0) turn.schedule(a);
  };
  EXPECT_THAT(run_from(a), ElementsAre(&b, &a));
}

TEST_F(turns, each_task_gets_a_fresh_batch) {
  a.what = [&](Turn& turn) {
    turn.messages_left = 0;
    EXPECT_TRUE(turn.spent());
    turn.schedule(b);
  };
  b.what = [&](Turn& turn) { EXPECT_EQ(turn.messages_left, Turn::batch_messages); };
  EXPECT_THAT(run_from(a), ElementsAre(&b));
}

TEST_F(turns, a_chain_that_never_ends_goes_to_the_shared_queue_after_its_messages) {
  a.what = [&](Turn& turn) {
    turn.charge();
    turn.schedule(b);
  };
  b.what = [&](Turn& turn) {
    turn.charge();
    turn.schedule(a);
  };
  const auto run = run_from(a);
  EXPECT_LE(run.size(), Turn::turn_messages);
  EXPECT_GE(run.size(), Turn::turn_messages / 4);
  EXPECT_EQ(shared.waiting.size(), 1U);
}

TEST_F(turns, after_its_time_what_is_left_goes_to_the_shared_queue_in_order) {
  a.what = [&](Turn& turn) {
    turn.schedule(b);
    turn.schedule(c);
    turn.observe(SteadyTime(std::chrono::seconds{1}));
    turn.observe(SteadyTime(std::chrono::seconds{1}) + Turn::turn_time);
  };
  EXPECT_THAT(run_from(a), IsEmpty());
  EXPECT_THAT(shared.waiting, ElementsAre(&b, &c));
}

TEST_F(turns, a_batch_is_spent_after_its_time) {
  a.what = [&](Turn& turn) {
    turn.observe(SteadyTime(std::chrono::seconds{1}));
    EXPECT_FALSE(turn.spent());
    turn.observe(SteadyTime(std::chrono::seconds{1}) + Turn::batch_time);
    EXPECT_TRUE(turn.spent());
  };
  run_from(a);
}

TEST_F(turns, work_that_waits_in_the_shared_queue_ends_the_turn) {
  a.what = [&](Turn& turn) {
    turn.schedule(b);
    shared.work_from_others = true;
  };
  EXPECT_THAT(run_from(a), IsEmpty());
  EXPECT_THAT(shared.waiting, ElementsAre(&b));
}

TEST_F(turns, nobody_waits_behind_a_heavy_task) {
  b.heavy = true;
  a.what = [&](Turn& turn) {
    turn.schedule(b);
    turn.schedule(c);
  };
  b.what = [&](Turn&) { EXPECT_THAT(shared.shared_at_once, ElementsAre(&c)); };
  EXPECT_THAT(run_from(a), ElementsAre(&b));
}

TEST_F(turns, under_a_deterministic_executor_everything_goes_to_its_queue) {
  Turn turn(shared, Turn::Queueing::shared);
  turn.schedule(b);
  EXPECT_THAT(shared.waiting, ElementsAre(&b));
  EXPECT_EQ(turn.next(), nullptr);
}

TEST_F(turns, the_turn_of_this_thread_is_known_only_inside_it) {
  EXPECT_EQ(Turn::current(), nullptr);
  {
    Turn turn(shared, Turn::Queueing::inside);
    EXPECT_EQ(Turn::current(), &turn);
  }
  EXPECT_EQ(Turn::current(), nullptr);
}

}  // namespace
}  // namespace hts::runtime::detail
