#include <array>
#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <new>

#include <gtest/gtest.h>

#include "engine/runtime/runtime.hpp"

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// Not inlined: g++ would take the pair of new and free for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return counted(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return counted(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace hts::runtime {
namespace {

struct Ball {
  std::uint64_t bounces_left = 0;
  std::array<std::uint64_t, 5> payload{};
};

/// Plays ping-pong; reports how many allocations the whole program made meanwhile.
class Player : public Actor<Player, Protocol<Ball>> {
 public:
  Player(const Address<Protocol<Ball>>& other, std::promise<std::uint64_t>& done)
      : other_(other), done_(done) {}

  void on(const Ball& ball) {
    if (ball.bounces_left == warmed_up) before_ = allocations.load();
    if (ball.bounces_left == 0) {
      done_.set_value(allocations.load() - before_);
      return;
    }
    EXPECT_TRUE(taken(other_.tell(Ball{ball.bounces_left - 1, ball.payload})));
  }

  static constexpr std::uint64_t warmed_up = 100'000;

 private:
  const Address<Protocol<Ball>>& other_;
  std::promise<std::uint64_t>& done_;
  std::uint64_t before_ = 0;
};

TEST(allocation, none_for_a_message_nor_for_a_turn) {
  std::promise<std::uint64_t> done;
  Runtime runtime({.threads = 2});
  const auto left = runtime.reserve<Protocol<Ball>>("left");
  const auto right = runtime.reserve<Protocol<Ball>>("right");
  runtime.start<Player>(left, [&](Context&) { return std::make_unique<Player>(right, done); });
  runtime.start<Player>(right, [&](Context&) { return std::make_unique<Player>(left, done); });
  ASSERT_TRUE(runtime.start().ok());
  // An even number of bounces after the warm-up: both ends are seen by the same player.
  ASSERT_TRUE(taken(left.tell(Ball{Player::warmed_up + 1000, {}})));
  EXPECT_EQ(done.get_future().get(), 0U);
}

TEST(allocation, none_for_a_message_from_outside) {
  class Sink : public Actor<Sink, Protocol<Ball>> {
   public:
    explicit Sink(std::atomic<std::uint64_t>& handled) : handled_(handled) {}
    void on(const Ball&) { handled_.fetch_add(1); }

   private:
    std::atomic<std::uint64_t>& handled_;
  };
  std::atomic<std::uint64_t> handled{0};
  Runtime runtime({.threads = 2});
  const auto sink =
      runtime.spawn<Sink>("sink", {}, [&](Context&) { return std::make_unique<Sink>(handled); });
  ASSERT_TRUE(runtime.start().ok());
  const auto send = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t before = handled;
      ASSERT_TRUE(taken(sink.tell(Ball{})));
      while (handled == before) std::this_thread::yield();  // every message is an edge
    }
  };
  send(100);
  const std::uint64_t before = allocations.load();
  send(10'000);
  EXPECT_EQ(allocations.load() - before, 0U);
}

}  // namespace
}  // namespace hts::runtime
