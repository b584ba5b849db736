#include <array>
#include <atomic>
#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "../counted_allocations.hpp"
#include "engine/runtime/runtime.hpp"

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

/// What an ask does allocate: its errand, which carries the callback out and the answer home. The
/// deadline's place in the timers, the request and the reply need nothing once the timers have
/// grown to the number of questions under way.
TEST(allocation, one_for_a_question_and_its_answer) {
  struct Square {
    using Reply = std::uint64_t;
    std::uint64_t of = 0;
  };
  using SquarerProtocol = Protocol<Request<Square>>;
  class Squarer : public Actor<Squarer, SquarerProtocol> {
   public:
    void on(Request<Square>& request) { request.reply(request.query.of * request.query.of); }
  };
  class Asker : public Actor<Asker, Protocol<Ball>> {
   public:
    Asker(Context& context, Address<SquarerProtocol> to, std::promise<std::uint64_t>& done)
        : context_(context), to_(std::move(to)), done_(done) {}

    void on(const Ball& ball) { ask(ball.bounces_left); }

   private:
    void ask(std::uint64_t left) {
      if (left == 1'000) before_ = allocations.load();
      if (left == 0) {
        done_.set_value(allocations.load() - before_);
        return;
      }
      context_.ask(to_, Square{left}, std::chrono::seconds{10},
                   [this, left](const result::Result<std::uint64_t>& answer) {
                     EXPECT_TRUE(answer.ok() && *answer == left * left);
                     ask(left - 1);
                   });
    }

    Context& context_;
    const Address<SquarerProtocol> to_;
    std::promise<std::uint64_t>& done_;
    std::uint64_t before_ = 0;
  };
  std::promise<std::uint64_t> done;
  Runtime runtime({.threads = 1});
  const auto squarer =
      runtime.spawn<Squarer>("squarer", {}, [](Context&) { return std::make_unique<Squarer>(); });
  const auto asker = runtime.spawn<Asker>(
      "asker", {}, [&](Context& c) { return std::make_unique<Asker>(c, squarer, done); });
  ASSERT_TRUE(runtime.start().ok());
  ASSERT_TRUE(taken(asker.tell(Ball{2'000, {}})));
  EXPECT_EQ(done.get_future().get(), 1'000U);
}

}  // namespace
}  // namespace hts::runtime
