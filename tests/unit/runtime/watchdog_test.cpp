#include "engine/runtime/watchdog.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using detail::Beat;
using detail::Watchdog;

SteadyTime moment(std::int64_t since_start) {
  return SteadyTime(seconds{since_start});
}

class watchdog : public ::testing::Test {
 protected:
  void begin_batch(std::size_t worker, std::uint64_t cell) {
    beats[worker].cell = cell;
    beats[worker].batches = beats[worker].batches + 1;
  }
  std::vector<Watchdog::Finding> look(std::int64_t second) {
    return dog.look(moment(second), beats);
  }

  std::vector<Beat> beats{2};
  Watchdog dog{seconds{10}, 2};
};

TEST_F(watchdog, finds_a_batch_that_outlasts_its_patience_and_says_so_once) {
  begin_batch(0, 7);
  EXPECT_TRUE(look(0).empty());
  EXPECT_TRUE(look(9).empty());
  const auto found = look(10);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().cell, 7U);
  EXPECT_EQ(found.front().since, moment(0));
  EXPECT_FALSE(found.front().is_over);
  EXPECT_TRUE(look(100).empty());
}

TEST_F(watchdog, says_once_when_it_is_over) {
  begin_batch(1, 7);
  (void)look(0);
  ASSERT_EQ(look(10).size(), 1U);
  beats[1].cell = 0;
  const auto over = look(12);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over.front().cell, 7U);
  EXPECT_TRUE(over.front().is_over);
  EXPECT_TRUE(look(13).empty());
}

TEST_F(watchdog, is_content_with_one_who_runs_batch_after_batch) {
  for (int second = 0; second < 100; ++second) {
    begin_batch(0, 7);
    EXPECT_TRUE(look(second).empty());
  }
}

TEST_F(watchdog, is_content_with_idle_workers) {
  begin_batch(0, 7);
  beats[0].cell = 0;
  for (int second = 0; second < 100; ++second) EXPECT_TRUE(look(second).empty());
}

TEST_F(watchdog, tells_workers_apart) {
  begin_batch(0, 7);
  (void)look(0);
  begin_batch(1, 8);
  (void)look(5);
  EXPECT_EQ(look(10).size(), 1U);
  EXPECT_EQ(look(15).size(), 1U);
}

TEST(StuckActor, is_named_in_the_log_and_in_its_snapshot_until_it_goes_on) {
  Record record;
  std::promise<void> blocking;
  std::promise<void> release;
  std::atomic<int> stuck_lines{0};
  std::atomic<int> over_lines{0};
  {
    RuntimeOptions options;
    options.threads = 2;
    options.stuck_after = milliseconds{1};
    options.log = [&](const LogRecord& line) {
      if (line.actor != "blocked") return;
      if (line.text.starts_with("Stuck: ")) ++stuck_lines;
      if (line.text.starts_with("Goes on ")) ++over_lines;
    };
    Runtime runtime(std::move(options));
    const auto blocked = runtime.spawn<Probe>(
        "blocked", {}, [&](Context& context) { return std::make_unique<Probe>(context, record); });
    const auto stuck_for = [&] { return runtime.snapshot().front().stuck_for; };
    ASSERT_TRUE(runtime.start().ok());
    ASSERT_TRUE(taken(blocked.tell(Do{[&](Context&) {
      blocking.set_value();
      release.get_future().wait();
    }})));
    blocking.get_future().wait();
    while (stuck_for() == Duration::zero()) std::this_thread::yield();
    EXPECT_GT(stuck_for(), Duration::zero());
    release.set_value();
    while (stuck_for() != Duration::zero()) std::this_thread::yield();
    (void)runtime.shutdown(seconds{5});
  }
  EXPECT_GE(stuck_lines, 1);
  EXPECT_GE(over_lines, 1);
}

TEST(StuckWork, of_a_lane_shows_how_long_its_oldest_job_runs) {
  Record record;
  std::promise<void> begun;
  std::promise<void> release;
  Runtime runtime({.threads = 2});
  const auto probe = runtime.spawn<Probe>(
      "probe", {}, [&](Context& context) { return std::make_unique<Probe>(context, record); });
  Lane& lane = runtime.lane("lane");
  ASSERT_TRUE(runtime.start().ok());
  std::promise<void> done;
  ASSERT_TRUE(taken(probe.tell(Do{[&](Context& context) {
    context.offload(
        lane,
        [&] {
          begun.set_value();
          release.get_future().wait();
        },
        [&](const result::Status&) { done.set_value(); });
  }})));
  begun.get_future().wait();
  LaneSnapshot during = lane.snapshot();
  EXPECT_EQ(during.running, 1U);
  while (lane.snapshot().oldest_running == Duration::zero()) std::this_thread::yield();
  release.set_value();
  done.get_future().wait();
  while (lane.snapshot().running > 0) std::this_thread::yield();
  EXPECT_EQ(lane.snapshot().oldest_running, Duration::zero());
  EXPECT_EQ(lane.snapshot().done, 1U);
}

}  // namespace
}  // namespace hts::runtime::test
