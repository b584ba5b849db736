#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/runtime/lane.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/turn.hpp"

namespace hts::runtime {
namespace {

using std::chrono::seconds;

struct Knock {
  std::promise<std::thread::id>* heard = nullptr;
};

/// Tells which thread it runs on; passes the knock on if it has somebody to.
class Door : public Actor<Door, Protocol<Knock>> {
 public:
  explicit Door(Address<Protocol<Knock>> next = {}) : next_(std::move(next)) {}

  void on(const Knock& knock) {
    if (next_) {
      EXPECT_TRUE(taken(next_.tell(Knock{knock})));
    } else {
      knock.heard->set_value(std::this_thread::get_id());
    }
  }

 private:
  const Address<Protocol<Knock>> next_;
};

Address<Protocol<Knock>> open_door(Runtime& runtime, Address<Protocol<Knock>> next = {}) {
  return runtime.spawn<Door>("door", {}, [next](Context&) { return std::make_unique<Door>(next); });
}

std::thread::id knock_at(Runtime& runtime, const Address<Protocol<Knock>>& door) {
  std::promise<std::thread::id> heard;
  runtime.visit([&] { EXPECT_TRUE(taken(door.tell(Knock{&heard}))); });
  return heard.get_future().get();
}

TEST(visit, runs_whom_it_told_and_whom_they_told_on_the_calling_thread) {
  Runtime runtime({.threads = 2});
  const auto inner = open_door(runtime);
  const auto outer = open_door(runtime, inner);
  ASSERT_TRUE(runtime.start().ok());
  // A worker may still bring them up: then they stay there.
  bool was_here = false;
  for (int tries = 0; tries < 1'000'000 && !was_here; ++tries) {
    was_here = knock_at(runtime, outer) == std::this_thread::get_id();
  }
  EXPECT_TRUE(was_here);
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(visit, leaves_those_that_were_slow_to_the_workers) {
  class Slow : public Actor<Slow, Protocol<Knock>> {
   public:
    void on(const Knock& knock) {
      const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{3};
      while (std::chrono::steady_clock::now() < until) {
      }
      knock.heard->set_value(std::this_thread::get_id());
    }
  };
  Runtime runtime({.threads = 1});
  const auto slow =
      runtime.spawn<Slow>("slow", {}, [](Context&) { return std::make_unique<Slow>(); });
  ASSERT_TRUE(runtime.start().ok());
  (void)knock_at(runtime, slow);
  EXPECT_NE(knock_at(runtime, slow), std::this_thread::get_id());
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(visit, leaves_what_a_second_thread_brings_to_the_workers) {
  Runtime runtime({.threads = 2});
  const auto door = open_door(runtime);
  ASSERT_TRUE(runtime.start().ok());
  std::thread::id other;
  std::thread::id runner;
  runtime.visit([&] {
    std::thread second([&] {
      other = std::this_thread::get_id();
      runner = knock_at(runtime, door);
    });
    second.join();
  });
  EXPECT_NE(runner, other);
  EXPECT_NE(runner, std::this_thread::get_id());
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(visit, only_calls_before_the_start_and_after_the_end) {
  int calls = 0;
  Runtime runtime({.threads = 1});
  const auto door = open_door(runtime);
  std::promise<std::thread::id> heard;
  runtime.visit([&] {
    ++calls;
    EXPECT_TRUE(taken(door.tell(Knock{&heard})));
  });
  auto answer = heard.get_future();
  EXPECT_EQ(answer.wait_for(seconds{0}), std::future_status::timeout);
  ASSERT_TRUE(runtime.start().ok());
  EXPECT_NE(answer.get(), std::this_thread::get_id());
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
  runtime.visit([&] {
    ++calls;
    EXPECT_EQ(door.tell(Knock{}), SendResult::stopped);
  });
  EXPECT_EQ(calls, 2);
}

TEST(visit, lets_an_exception_of_its_work_through_and_goes_on_working) {
  Runtime runtime({.threads = 1});
  const auto door = open_door(runtime);
  ASSERT_TRUE(runtime.start().ok());
  std::promise<std::thread::id> heard;
  EXPECT_THROW(runtime.visit([&] {
    EXPECT_TRUE(taken(door.tell(Knock{&heard})));
    throw std::runtime_error("the work failed");
  }),
               std::runtime_error);
  EXPECT_NE(heard.get_future().get(), std::this_thread::get_id());
  EXPECT_NE(knock_at(runtime, door), std::thread::id{});
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(visit, of_many_threads_at_once_loses_nothing) {
  class Counter : public Actor<Counter, Protocol<Knock>> {
   public:
    explicit Counter(std::promise<void>& done) : done_(done) {}
    void on(const Knock&) {
      if (++count_ == 40'000) done_.set_value();
    }

   private:
    std::promise<void>& done_;
    int count_ = 0;  // a turn that overlapped another would be a data race
  };
  std::promise<void> done;
  Runtime runtime({.threads = 2});
  const auto counter =
      runtime.spawn<Counter>("counter", {.mailbox = {.capacity = 65'536}},
                             [&](Context&) { return std::make_unique<Counter>(done); });
  ASSERT_TRUE(runtime.start().ok());
  std::vector<std::thread> visitors;
  for (int i = 0; i < 4; ++i) {
    visitors.emplace_back([&] {
      for (int k = 0; k < 10'000; ++k) {
        runtime.visit([&] { EXPECT_TRUE(taken(counter.tell(Knock{}))); });
      }
    });
  }
  for (std::thread& visitor : visitors) visitor.join();
  done.get_future().get();
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

/// Gives a lane ten jobs a knock; the end of the last one is heard.
class Clerk : public Actor<Clerk, Protocol<Knock>> {
 public:
  Clerk(Context& context, Lane& lane) : context_(context), lane_(lane) {}
  void on(const Knock& knock) {
    for (int job = 1; job <= 10; ++job) {
      context_.offload(
          lane_, [] { return std::this_thread::get_id(); },
          [job, heard = knock.heard](const result::Result<std::thread::id>& worker) {
            if (job == 10) heard->set_value(worker ? *worker : std::thread::id{});
          });
    }
  }

 private:
  Context& context_;
  Lane& lane_;
};

TEST(visit, wakes_lanes_when_it_is_over_and_loses_none_of_their_jobs) {
  Runtime runtime({.threads = 1});
  Lane& lane = runtime.lane("disk", 1, 64);
  const auto clerk = runtime.spawn<Clerk>(
      "clerk", {}, [&](Context& context) { return std::make_unique<Clerk>(context, lane); });
  ASSERT_TRUE(runtime.start().ok());
  int later = 0;
  runtime.visit([&] {
    detail::Turn inner(detail::Turn::current()->executor(), detail::Turn::Queueing::counted);
    while (later < 100 && inner.wakes_later(lane)) ++later;
  });
  EXPECT_EQ(later, 8);
  for (int visits = 0; visits < 1'000; ++visits) {
    const auto worker = knock_at(runtime, clerk);
    ASSERT_NE(worker, std::thread::id{});
    ASSERT_NE(worker, std::this_thread::get_id());
  }
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(visit, alone_puts_off_what_it_wakes) {
  class Asked : public Actor<Asked, Protocol<Knock>> {
   public:
    explicit Asked(Lane& lane) : lane_(lane) {}
    void on(const Knock& knock) {
      EXPECT_FALSE(detail::Turn::current()->wakes_later(lane_));
      knock.heard->set_value(std::this_thread::get_id());
    }

   private:
    Lane& lane_;
  };
  Runtime runtime({.threads = 1});
  Lane& lane = runtime.lane("disk", 1, 64);
  const auto asked =
      runtime.spawn<Asked>("asked", {}, [&](Context&) { return std::make_unique<Asked>(lane); });
  ASSERT_TRUE(runtime.start().ok());
  std::promise<std::thread::id> heard;
  ASSERT_TRUE(taken(asked.tell(Knock{&heard})));
  EXPECT_NE(heard.get_future().get(), std::this_thread::get_id());
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

/// Counts what enters.
class Record final : public Recorder {
 public:
  void on_input(const InputRecord& input) noexcept override {
    if (input.kind == InputRecord::Kind::work) ++works;
  }
  void on_command(std::string_view, std::string_view) noexcept override {}
  std::atomic<int> works{0};
};

TEST(visit, runs_recorded_work_on_the_calling_thread_too) {
  class Work final : public OutsideWork {
   public:
    Work(Address<Protocol<Knock>> door, Knock knock) : door_(std::move(door)), knock_(knock) {}
    std::string_view name() const noexcept override { return "test.knock"; }
    void encode(std::string&) const override {}
    void run() override { EXPECT_TRUE(taken(door_.tell(Knock{knock_}))); }

   private:
    const Address<Protocol<Knock>> door_;
    const Knock knock_;
  };
  Record record;
  RuntimeOptions options;
  options.threads = 2;
  options.recorder = &record;
  Runtime runtime(std::move(options));
  const auto door = open_door(runtime);
  ASSERT_TRUE(runtime.start().ok());
  bool was_here = false;
  int tries = 0;
  for (; tries < 1'000'000 && !was_here; ++tries) {
    std::promise<std::thread::id> heard;
    runtime.visit([&] { runtime.enter(std::make_unique<Work>(door, Knock{&heard})); });
    was_here = heard.get_future().get() == std::this_thread::get_id();
  }
  EXPECT_TRUE(was_here);
  EXPECT_EQ(record.works, tries);
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

}  // namespace
}  // namespace hts::runtime
