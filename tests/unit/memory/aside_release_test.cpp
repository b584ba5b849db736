#include "adapters/memory/aside_release.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace hts::memory {
namespace {

/// What was released, by whom; the releasing thread can be held up.
struct Record {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<void*, int> times;
  std::map<void*, std::size_t> bytes;
  std::map<void*, std::thread::id> by;
  bool is_held = false;
  std::size_t held = 0;

  void clear() {
    times.clear();
    bytes.clear();
    by.clear();
    is_held = false;
    held = 0;
  }
};

Record record;
std::thread::id tester;

void note_release(void* block, std::size_t bytes) noexcept {
  std::unique_lock lock{record.mutex};
  ++record.times[block];
  record.bytes[block] = bytes;
  record.by[block] = std::this_thread::get_id();
  if (std::this_thread::get_id() == tester) return;
  if (record.is_held) ++record.held;
  record.changed.notify_all();
  record.changed.wait(lock, [] { return !record.is_held; });
}

class aside_release : public testing::Test {
 protected:
  using Block = std::array<std::max_align_t, 16>;

  void SetUp() override {
    record.clear();
    tester = std::this_thread::get_id();
  }
  static void hold() {
    const std::lock_guard lock{record.mutex};
    record.is_held = true;
  }
  static void wait_until_held() {
    std::unique_lock lock{record.mutex};
    record.changed.wait(lock, [] { return record.held > 0; });
  }
  static void let_go() {
    const std::lock_guard lock{record.mutex};
    record.is_held = false;
    record.changed.notify_all();
  }
};

TEST_F(aside_release, every_block_is_released_once_with_its_size_and_by_another_thread) {
  std::vector<Block> blocks(1'000);
  {
    AsideRelease aside{note_release};
    for (std::size_t i = 0; i < blocks.size(); ++i) aside.take(&blocks[i], 100 + i);
  }
  ASSERT_EQ(record.times.size(), blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(record.times[&blocks[i]], 1);
    EXPECT_EQ(record.bytes[&blocks[i]], 100 + i);
    EXPECT_NE(record.by[&blocks[i]], tester);
  }
}

TEST_F(aside_release, who_gives_a_block_waits_for_none) {
  std::vector<Block> blocks(10);
  AsideRelease aside{note_release};
  hold();
  aside.take(&blocks[0], 100);
  wait_until_held();
  // Came back while the first was still being released.
  for (std::size_t i = 1; i < blocks.size(); ++i) aside.take(&blocks[i], 100);
  {
    const std::lock_guard lock{record.mutex};
    EXPECT_EQ(record.times.size(), 1U);
  }
  let_go();
}

TEST_F(aside_release, who_takes_memory_while_too_much_waits_releases_as_much_itself) {
  std::vector<Block> blocks(10);
  AsideRelease aside{note_release};
  hold();
  aside.take(&blocks[0], 100);
  wait_until_held();
  for (std::size_t i = 1; i < blocks.size(); ++i) aside.take(&blocks[i], 100);
  const auto released_here = [&] {
    const std::lock_guard lock{record.mutex};
    std::size_t count = 0;
    for (const auto& [block, thread] : record.by) count += thread == tester ? 1 : 0;
    return count;
  };
  aside.keep_waiting_below(900, 250);
  EXPECT_EQ(released_here(), 0U) << "900 wait, which is not too much";
  aside.keep_waiting_below(500, 250);
  EXPECT_EQ(released_here(), 3U) << "the blocks that hold 250";
  aside.keep_waiting_below(500, 1'000);
  EXPECT_EQ(released_here(), 4U) << "then no more than 500 wait";
  let_go();
}

TEST_F(aside_release, many_threads_may_give_and_take_at_once) {
  constexpr std::size_t threads = 4;
  std::vector<Block> blocks(threads * 500);
  {
    AsideRelease aside{note_release};
    std::vector<std::thread> givers;
    for (std::size_t t = 0; t < threads; ++t) {
      givers.emplace_back([&, t] {
        for (std::size_t i = t; i < blocks.size(); i += threads) {
          aside.take(&blocks[i], 100);
          aside.keep_waiting_below(1'000, 100);
        }
      });
    }
    for (auto& giver : givers) giver.join();
  }
  ASSERT_EQ(record.times.size(), blocks.size());
  for (const auto& [block, times] : record.times) EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace hts::memory
