#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/runtime/runtime.hpp"

// The real runtime on real threads: order, loss, answers and ends under load.
namespace hts::runtime {
namespace {

using std::chrono::seconds;

struct Numbered {
  std::uint32_t sender = 0;
  std::uint32_t value = 0;
};
struct Sum {
  using Reply = std::uint64_t;
};
struct Start {};

constexpr std::uint32_t senders = 4;

/// Checks each sender's order; not synchronised in any way, so a turn that overlapped another
/// would be a data race.
class Checker : public Actor<Checker, Protocol<Numbered, Request<Sum>>> {
 public:
  Checker(std::uint64_t expected, std::promise<bool>& done) : left_(expected), done_(done) {}

  void on(const Numbered& message) {
    in_order_ = in_order_ && last_[message.sender] + 1 == message.value;
    last_[message.sender] = message.value;
    if (--left_ == 0) done_.set_value(in_order_);
  }
  void on(Request<Sum>& request) {
    std::uint64_t sum = 0;
    for (const std::uint32_t last : last_) sum += last;
    request.reply(sum);
  }

 private:
  std::uint64_t left_;
  std::promise<bool>& done_;
  bool in_order_ = true;
  std::array<std::uint32_t, senders> last_{};
};

using CheckerAddress = Address<Protocol<Numbered, Request<Sum>>>;

/// Sends `count` numbers, waiting for room whenever the mailbox is full.
class Sender : public Actor<Sender, Protocol<Start>> {
 public:
  Sender(Context& context, CheckerAddress to, std::uint32_t number, std::uint32_t count)
      : context_(context), to_(std::move(to)), number_(number), count_(count) {}

  void on(Start) { send(); }

 private:
  void send() {
    while (next_ <= count_) {
      if (!taken(to_.tell(Numbered{number_, next_}))) {
        context_.when_room(to_, [this] { send(); });
        return;
      }
      ++next_;
    }
  }

  Context& context_;
  const CheckerAddress to_;
  const std::uint32_t number_;
  const std::uint32_t count_;
  std::uint32_t next_ = 1;
};

TEST(threads, actors_that_wait_for_room_lose_and_reorder_nothing) {
  constexpr std::uint32_t each = 30'000;
  std::promise<bool> done;
  Runtime runtime({.threads = 3});
  const auto checker = runtime.spawn<Checker>(
      "checker", {.mailbox = {.capacity = 64, .overflow = Overflow::wait}},
      [&](Context&) { return std::make_unique<Checker>(senders * each, done); });
  std::vector<Address<Protocol<Start>>> sources;
  sources.reserve(senders);
  for (std::uint32_t i = 0; i < senders; ++i) {
    sources.push_back(runtime.spawn<Sender>(
        "sender-" + std::to_string(i), {},
        [&, i](Context& context) { return std::make_unique<Sender>(context, checker, i, each); }));
  }
  ASSERT_TRUE(runtime.start().ok());
  for (const auto& source : sources) ASSERT_TRUE(taken(source.tell(Start{})));
  EXPECT_TRUE(done.get_future().get());
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(threads, threads_from_outside_lose_and_reorder_nothing) {
  constexpr std::uint32_t each = 20'000;
  std::promise<bool> done;
  Runtime runtime({.threads = 2});
  const auto checker = runtime.spawn<Checker>(
      "checker", {}, [&](Context&) { return std::make_unique<Checker>(senders * each, done); });
  ASSERT_TRUE(runtime.start().ok());
  std::vector<std::thread> outside;
  outside.reserve(senders);
  for (std::uint32_t sender = 0; sender < senders; ++sender) {
    outside.emplace_back([&, sender] {
      for (std::uint32_t i = 1; i <= each; ++i) {
        while (!taken(checker.tell(Numbered{sender, i}))) std::this_thread::yield();
      }
    });
  }
  for (auto& thread : outside) thread.join();
  EXPECT_TRUE(done.get_future().get());
}

TEST(threads, every_question_from_outside_is_answered_once_even_across_the_shutdown) {
  constexpr int questions = 5'000;
  std::atomic<int> answered{0};
  std::promise<bool> unused;
  std::atomic<bool> stop_now{false};
  std::thread asking;
  {
    Runtime runtime({.threads = 2});
    const auto checker = runtime.spawn<Checker>(
        "checker", {}, [&](Context&) { return std::make_unique<Checker>(1, unused); });
    ASSERT_TRUE(runtime.start().ok());
    asking = std::thread([&] {
      for (int i = 0; i < questions; ++i) {
        runtime.ask(checker, Sum{}, seconds{30},
                    [&](const result::Result<std::uint64_t>&) { answered.fetch_add(1); });
        if (i == questions / 2) stop_now = true;
      }
    });
    while (!stop_now) std::this_thread::yield();
    (void)runtime.shutdown(seconds{10});
    asking.join();
  }
  EXPECT_EQ(answered, questions);
}

TEST(threads, late_senders_are_refused_while_the_runtime_goes_and_after) {
  std::promise<bool> unused;
  CheckerAddress checker;
  std::atomic<bool> gone{false};
  std::atomic<std::uint64_t> refused{0};
  std::vector<std::thread> late;
  {
    Runtime runtime(
        {.threads = 2, .on_dead_letter = [&](const DeadLetter&) { refused.fetch_add(1); }});
    checker = runtime.spawn<Checker>("checker", {}, [&](Context&) {
      return std::make_unique<Checker>(~std::uint64_t{0}, unused);
    });
    ASSERT_TRUE(runtime.start().ok());
    for (std::uint32_t i = 0; i < 2; ++i) {
      late.emplace_back([&, i] {
        for (std::uint32_t value = 1; !gone; ++value) (void)checker.tell(Numbered{i, value});
      });
    }
    while (refused == 0) std::this_thread::yield();
    (void)runtime.shutdown(seconds{10});
  }
  gone = true;
  for (auto& thread : late) thread.join();
  EXPECT_EQ(checker.tell(Numbered{}), SendResult::stopped);
}

TEST(threads, many_short_lives_leave_nothing_behind) {
  struct Leave {};
  class Guest : public Actor<Guest, Protocol<Leave>> {
   public:
    Guest(Context& context, std::atomic<int>& present) : context_(context), present_(present) {
      present_.fetch_add(1);
    }
    ~Guest() { present_.fetch_sub(1); }
    void on(Leave) { context_.stop_self(); }

   private:
    Context& context_;
    std::atomic<int>& present_;
  };
  std::atomic<int> present{0};
  {
    Runtime runtime({.threads = 2});
    ASSERT_TRUE(runtime.start().ok());
    for (int i = 0; i < 500; ++i) {
      const auto guest =
          runtime.spawn<Guest>("guest", {.mailbox = {.capacity = 2}},
                               [&](Context& c) { return std::make_unique<Guest>(c, present); });
      EXPECT_TRUE(taken(guest.tell(Leave{})));
    }
    EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
    EXPECT_TRUE(runtime.snapshot().empty());
  }
  EXPECT_EQ(present, 0);
}

TEST(threads, handlers_that_may_run_long_and_are_woken_together_run_at_the_same_time) {
  class Partner : public Actor<Partner, Protocol<Start>> {
   public:
    explicit Partner(std::latch& both) : both_(both) {}
    void on(Start) { both_.arrive_and_wait(); }

   private:
    std::latch& both_;
  };
  class Caller : public Actor<Caller, Protocol<Start>> {
   public:
    explicit Caller(std::vector<Address<Protocol<Start>>> partners)
        : partners_(std::move(partners)) {}
    void on(Start) {
      for (const auto& partner : partners_) EXPECT_TRUE(taken(partner.tell(Start{})));
    }

   private:
    const std::vector<Address<Protocol<Start>>> partners_;
  };
  std::latch both{3};
  Runtime runtime({.threads = 2});
  const auto spawn_partner = [&](const char* name) {
    return runtime.spawn<Partner>(name, {},
                                  [&](Context&) { return std::make_unique<Partner>(both); });
  };
  const std::vector partners{spawn_partner("left"), spawn_partner("right")};
  const auto caller = runtime.spawn<Caller>(
      "caller", {}, [&](Context&) { return std::make_unique<Caller>(partners); });
  ASSERT_TRUE(runtime.start().ok());
  ASSERT_TRUE(taken(caller.tell(Start{})));
  both.arrive_and_wait();
  EXPECT_TRUE(runtime.shutdown(seconds{10}).clean);
}

TEST(threads, a_timer_fires_on_the_real_clock) {
  struct Nothing {};
  class Timed : public Actor<Timed, Protocol<Nothing>> {
   public:
    Timed(Context& context, std::promise<Duration>& fired) {
      const SteadyTime set = context.steady_now();
      context.after(std::chrono::milliseconds{5},
                    [&context, &fired, set] { fired.set_value(context.steady_now() - set); });
    }
    void on(Nothing) {}
  };
  std::promise<Duration> fired;
  Runtime runtime({.threads = 2});
  runtime.spawn<Timed>("timed", {},
                       [&](Context& context) { return std::make_unique<Timed>(context, fired); });
  ASSERT_TRUE(runtime.start().ok());
  EXPECT_GE(fired.get_future().get(), std::chrono::milliseconds{5});
}

}  // namespace
}  // namespace hts::runtime
