#include "engine/runtime/lane.hpp"

#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using result::ErrorCode;
using result::Result;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class lanes : public ::testing::Test {
 protected:
  Record record;
  Stage stage;
  Lane& disk = stage.runtime().lane("disk", 1, 2);
  ProbeAddress probe = stage.probe("probe", record);
  std::vector<std::string> outcomes;
};

TEST_F(lanes, work_returns_to_a_turn_of_the_actor_in_order) {
  stage.in_turn(probe, [this](Context& context) {
    for (const int number : {1, 2}) {
      context.offload(
          disk, [number] { return number * 10; },
          [this](const Result<int>& result) { outcomes.push_back(std::to_string(*result)); });
    }
    EXPECT_TRUE(outcomes.empty());
  });
  EXPECT_THAT(outcomes, ElementsAre("10", "20"));
}

TEST_F(lanes, a_result_is_not_wrapped_twice_and_void_becomes_a_status) {
  stage.in_turn(probe, [this](Context& context) {
    context.offload(
        disk,
        []() -> Result<int> { return result::make_error(ErrorCode::storage, "The disk is full."); },
        [this](const Result<int>& result) { outcomes.push_back(result.error().message); });
    context.offload(
        disk, [] {},
        [this](const result::Status& status) { outcomes.push_back(status ? "done" : "no"); });
  });
  EXPECT_THAT(outcomes, ElementsAre("The disk is full.", "done"));
}

TEST_F(lanes, work_that_throws_is_an_error_not_a_failure_of_the_actor) {
  stage.in_turn(probe, [this](Context& context) {
    context.offload(
        disk, []() -> int { throw std::runtime_error("bad page"); },
        [this](const Result<int>& result) {
          EXPECT_EQ(result.error().code, ErrorCode::internal);
          outcomes.push_back(result.error().message);
        });
  });
  EXPECT_THAT(outcomes, ElementsAre(HasSubstr("bad page")));
  EXPECT_EQ(record.made, 1);
}

TEST_F(lanes, a_full_lane_refuses_in_a_later_turn) {
  stage.in_turn(probe, [this](Context& context) {
    for (int i = 0; i < 3; ++i) {
      context.offload(
          disk, [] { return 1; },
          [this](const Result<int>& result) {
            outcomes.push_back(result ? "done" : result.error().message);
          });
    }
    EXPECT_TRUE(outcomes.empty());
    EXPECT_EQ(disk.snapshot().depth, 2U);
  });
  EXPECT_THAT(outcomes, ElementsAre(HasSubstr("Too much work waits for 'disk'"), "done", "done"));
  const LaneSnapshot after = disk.snapshot();
  EXPECT_EQ(after.done, 2U);
  EXPECT_EQ(after.rejected, 1U);
  EXPECT_EQ(after.depth, 0U);
}

TEST_F(lanes, a_reply_can_be_the_callback) {
  Result<int> answer = 0;
  stage.runtime().ask(probe, Question{4}, seconds{1},
                      [&](Result<int> result) { answer = std::move(result); });
  stage.run();
  stage.in_turn(probe, [this](Context& context) {
    context.offload(disk, [] { return 16; }, std::move(record.questions.front().reply));
  });
  EXPECT_EQ(*answer, 16);
}

TEST_F(lanes, the_same_name_is_the_same_lane) {
  EXPECT_EQ(&stage.runtime().lane("disk"), &disk);
  EXPECT_NE(&stage.runtime().lane("compute"), &disk);
}

TEST_F(lanes, a_stopping_actor_waits_for_its_work) {
  stage.in_turn(probe, [this](Context& context) {
    context.offload(
        disk, [] { return 1; }, [this](const Result<int>&) { outcomes.push_back("done"); });
    context.stop(probe);
  });
  EXPECT_THAT(outcomes, ElementsAre("done"));
  EXPECT_EQ(record.ended, 1);
}

TEST_F(lanes, the_actor_outlives_work_that_uses_it_even_when_it_restarts) {
  int ended_when_worked = -1;
  ASSERT_TRUE(taken(probe.tell(Do{[&](Context& context) {
    context.offload(
        disk, [&] { ended_when_worked = record.ended; },
        [this](const result::Status&) { outcomes.push_back("must be dropped"); });
    throw std::runtime_error("hiccup");
  }})));
  stage.run();
  EXPECT_EQ(ended_when_worked, 0);
  EXPECT_EQ(record.ended, 1);
  EXPECT_TRUE(outcomes.empty());
}

TEST_F(lanes, seats_take_the_latency_of_the_executor_and_overlap) {
  Lane& wide = stage.runtime().lane("wide", 2, 8);
  stage.executor().set_lane_latency([] { return seconds{1}; });
  stage.in_turn(probe, [&](Context& context) {
    for (const char* name : {"a", "b", "c"}) {
      context.offload(
          wide, [] {}, [this, name](const result::Status&) { outcomes.emplace_back(name); });
    }
  });
  EXPECT_TRUE(outcomes.empty());
  stage.advance(seconds{2});
  EXPECT_THAT(outcomes, ElementsAre("a", "b"));
  stage.advance(seconds{2});
  EXPECT_THAT(outcomes, ElementsAre("a", "b", "c"));
}

TEST(lane_threads, work_runs_elsewhere_and_its_outcome_comes_home) {
  Record record;
  std::promise<std::thread::id> worked;
  Runtime runtime({.threads = 2});
  Lane& lane = runtime.lane("compute", 2, 16);
  const auto probe = runtime.spawn<Probe>(
      "probe", {}, [&](Context& context) { return std::make_unique<Probe>(context, record); });
  ASSERT_TRUE(runtime.start().ok());
  std::thread::id turn;
  ASSERT_TRUE(taken(probe.tell(Do{[&](Context& context) {
    turn = std::this_thread::get_id();
    context.offload(
        lane, [] { return std::this_thread::get_id(); },
        [&](const Result<std::thread::id>& id) { worked.set_value(*id); });
  }})));
  EXPECT_NE(worked.get_future().get(), turn);
  EXPECT_TRUE(runtime.shutdown(seconds{5}).clean);
}

}  // namespace
}  // namespace hts::runtime::test
