#include "adapters/threads/task_queue.hpp"

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace hts::threads {
namespace {

TEST(TaskQueue, does_tasks_in_order_on_another_thread) {
  TaskQueue queue(1);
  std::vector<int> done;
  std::promise<std::thread::id> last;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.post([&done, i] { done.push_back(i); }));
  queue.post([&] { last.set_value(std::this_thread::get_id()); });
  EXPECT_NE(last.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(done.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<std::size_t>(i)], i);
}

TEST(TaskQueue, outlives_a_task_that_throws) {
  TaskQueue queue(1);
  std::promise<void> next;
  queue.post([] { throw std::runtime_error("broken"); });
  queue.post([&] { next.set_value(); });
  next.get_future().get();
  EXPECT_TRUE(queue.stop(std::chrono::seconds{10}));
}

TEST(TaskQueue, drops_what_waits_when_it_stops) {
  TaskQueue queue(1);
  std::promise<void> begun;
  std::promise<void> go;
  queue.post([&] {
    begun.set_value();
    go.get_future().get();
  });
  begun.get_future().get();
  auto held = std::make_shared<int>(1);
  queue.post([held] { FAIL() << "it was dropped"; });
  EXPECT_EQ(queue.waiting(), 1U);
  EXPECT_FALSE(queue.stop(std::chrono::milliseconds{1}));
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(queue.post([] {}));
  go.set_value();
  EXPECT_TRUE(queue.stop(std::chrono::seconds{10}));
}

}  // namespace
}  // namespace hts::threads
