#include "engine/runtime/simulation/manual_executor.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

/// Who handled what, in the order of an executor with that seed.
std::vector<std::string> story_of(std::optional<std::uint64_t> seed) {
  std::vector<std::string> story;
  std::vector<Record> records(8);
  auto executor = std::make_unique<simulation::ManualExecutor>(seed);
  simulation::ManualExecutor& hand = *executor;
  Runtime runtime({.seed = seed.value_or(0), .executor = std::move(executor)});
  std::vector<ProbeAddress> probes;
  probes.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    probes.push_back(runtime.spawn<Probe>("probe-" + std::to_string(i), {}, [&, i](Context& c) {
      return std::make_unique<Probe>(c, records[i]);
    }));
  }
  for (std::size_t i = 0; i < probes.size(); ++i) {
    EXPECT_TRUE(taken(probes[i].tell(Do{[&](Context& context) {
      story.push_back(context.name() + " " + std::to_string(context.random() % 100));
      context.after(seconds{context.random() % 5},
                    [&] { story.push_back(context.name() + " timer"); });
    }})));
  }
  hand.advance(seconds{10});
  return story;
}

TEST(manual_executor, runs_first_come_first_served_without_a_seed) {
  const auto story = story_of(std::nullopt);
  ASSERT_EQ(story.size(), 16U);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_THAT(story[i], ::testing::StartsWith("probe-" + std::to_string(i)));
  }
}

TEST(manual_executor, the_same_seed_tells_the_same_story_and_another_one_another) {
  EXPECT_EQ(story_of(1), story_of(1));
  EXPECT_NE(story_of(1), story_of(2));
}

TEST(manual_executor, the_clock_moves_only_when_told) {
  simulation::ManualExecutor executor;
  const Timestamp start = executor.now();
  const SteadyTime steady = executor.steady_now();
  executor.run();
  EXPECT_EQ(executor.now(), start);
  executor.advance(seconds{90});
  EXPECT_EQ(executor.now() - start, seconds{90});
  EXPECT_EQ(executor.steady_now() - steady, seconds{90});
}

TEST(manual_executor, waiting_moves_from_alarm_to_alarm_and_stops_at_the_deadline) {
  Record record;
  Stage stage;
  bool fired = false;
  stage.in_turn(stage.probe("probe", record),
                [&](Context& context) { context.after(seconds{3600}, [&] { fired = true; }); });
  auto& executor = stage.executor();
  const SteadyTime start = executor.steady_now();
  EXPECT_FALSE(executor.wait([&] { return fired; }, start + seconds{10}));
  EXPECT_EQ(executor.steady_now(), start + seconds{10});
  EXPECT_TRUE(executor.wait([&] { return fired; }, SteadyTime::max()));
  EXPECT_EQ(executor.steady_now(), start + seconds{3600});
}

}  // namespace
}  // namespace hts::runtime::test
