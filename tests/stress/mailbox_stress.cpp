// The real runtime under everything at once: threads and actors that send, bursts, questions,
// timers, lanes, failing handlers, actors stopped in the middle, all overflow policies, small
// mailboxes. Whatever happens, each accepted message is handled once or is an accounted dead
// letter, each sender's messages come in the order sent, and each question is answered exactly
// once.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/runtime/runtime.hpp"

namespace {

using namespace hts::runtime;  // NOLINT(google-build-using-namespace): a program about it
using hts::result::Result;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t outside_senders = 3;
constexpr std::size_t actor_senders = 4;
constexpr std::size_t senders = outside_senders + actor_senders;
constexpr std::size_t receivers = 8;  // two of each policy; the second four are stopped midway
constexpr std::size_t lasting = receivers / 2;
constexpr std::size_t largest_burst = 8;
constexpr std::uint64_t round_messages = 100'000;

std::atomic<bool> wrong{false};

void complain(const std::string& what) {
  if (!wrong.exchange(true)) std::fprintf(stderr, "mailbox_stress: %s\n", what.c_str());
}

using Count = std::atomic<std::uint64_t>;

/// What became of the messages to one receiver in one round.
struct Tally {
  Count accepted{0};
  Count handled{0};
  Count unhandled{0};  // destroyed without having been handled
  Count replaced{0};
  Count refused_stopped{0};  // by a receiver that had ended
  Count dropped_letters{0};  // as told to the dead letter hook
  Count threw_letters{0};
  Count stopped_letters{0};
  std::array<std::uint64_t, senders> last{};  // of the receiver's turns only: no lock, no atomic
};

struct Totals {
  std::uint64_t rounds = 0;
  std::uint64_t sent = 0;
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0;
  std::uint64_t replaced = 0;
  std::uint64_t threw = 0;
  std::uint64_t left_at_stop = 0;
  std::uint64_t restarts = 0;
  Count full{0};
  Count waits{0};
  Count asked{0};
  Count answered{0};
  Count answers_with_value{0};
  Count timers_set{0};
  Count timers_done{0};
};

/// Tells the tally if the message dies unhandled.
class Ticket {
 public:
  Ticket() = default;
  explicit Ticket(Tally& tally) : tally_(&tally) {}
  Ticket(Ticket&& other) noexcept : tally_(std::exchange(other.tally_, nullptr)) {}
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket() {
    if (tally_ != nullptr) tally_->unhandled.fetch_add(1, std::memory_order_relaxed);
  }
  void release() noexcept { tally_ = nullptr; }
  [[nodiscard]] bool held() const noexcept { return tally_ != nullptr; }

 private:
  Tally* tally_ = nullptr;
};

struct Numbered {
  Ticket ticket;
  std::uint32_t sender = 0;
  std::uint64_t number = 0;
  [[nodiscard]] std::uint64_t coalesce_key() const noexcept { return sender; }
};
struct Question {
  using Reply = std::uint64_t;
  std::uint64_t value = 0;
};
struct Go {};

using ReceiverProtocol = Protocol<Numbered, Request<Question>>;
using ReceiverAddress = Address<ReceiverProtocol>;

Overflow overflow_of(const ReceiverAddress& address) {
  return address.cell()->overflow();
}

/// A callback for an answer that must be called exactly once.
class Expected {
 public:
  Expected(Totals& totals, std::uint64_t value) : totals_(&totals), value_(value) {
    totals.asked.fetch_add(1);
  }
  void operator()(const Result<std::uint64_t>& answer) {
    if (std::exchange(answered_, true)) complain("a question was answered twice");
    totals_->answered.fetch_add(1);
    if (!answer) return;
    if (*answer != value_ + 1) complain("a question got the answer of another");
    totals_->answers_with_value.fetch_add(1);
  }

 private:
  Totals* totals_;
  std::uint64_t value_;
  bool answered_ = false;
};

class Receiver : public Actor<Receiver, ReceiverProtocol> {
 public:
  Receiver(Context& context, Tally& tally, Overflow overflow, Lane& lane)
      : context_(context), tally_(tally), overflow_(overflow), lane_(lane) {}

  void on(Numbered& message) {
    std::uint64_t& last = tally_.last[message.sender];
    const bool may_skip = overflow_ == Overflow::drop_oldest || overflow_ == Overflow::keep_latest;
    if (message.number <= last) {
      complain(context_.name() + ": message " + std::to_string(message.number) + " of sender " +
               std::to_string(message.sender) + " came after " + std::to_string(last));
    } else if (!may_skip && message.number != last + 1) {
      complain(context_.name() + ": messages of sender " + std::to_string(message.sender) +
               " between " + std::to_string(last) + " and " + std::to_string(message.number) +
               " are missing");
    }
    last = message.number;
    if (context_.random() % 4096 == 0) throw std::runtime_error("a planted failure");
    message.ticket.release();
    tally_.handled.fetch_add(1, std::memory_order_relaxed);
  }

  void on(Request<Question>& request) {
    const std::uint64_t answer = request.query.value + 1;
    switch (context_.random() % 8) {
      case 0:  // nobody answers
        return;
      case 1:
        throw std::runtime_error("a planted failure while asked");
      case 2:
        context_.offload(lane_, [answer] { return answer; }, std::move(request.reply));
        return;
      case 3: {
        // A timer's callback is copied nowhere, so the reply may move into it. It is dropped, and
        // so answered, when the actor restarts or stops first.
        auto reply = std::make_shared<ReplyTo<std::uint64_t>>(std::move(request.reply));
        context_.after(microseconds{context_.random() % 500},
                       [reply, answer] { (*reply)(answer); });
        return;
      }
      default:
        request.reply(answer);
    }
  }

 private:
  Context& context_;
  Tally& tally_;
  const Overflow overflow_;
  Lane& lane_;
};

/// What one sender does, from whatever thread; `to` and `tallies` are the receivers.
class Feeder {
 public:
  Feeder(std::uint32_t sender, std::vector<ReceiverAddress> to, std::vector<Tally>& tallies,
         Totals& totals, std::uint64_t quota, std::uint64_t seed)
      : sender_(sender),
        to_(std::move(to)),
        tallies_(tallies),
        totals_(totals),
        left_(quota),
        dice_(seed) {}

  [[nodiscard]] bool done() const noexcept { return left_ == 0; }
  [[nodiscard]] std::size_t pick() { return dice_() % to_.size(); }
  [[nodiscard]] std::uint64_t roll(std::uint64_t sides) { return dice_() % sides; }
  [[nodiscard]] const ReceiverAddress& address(std::size_t receiver) const { return to_[receiver]; }
  [[nodiscard]] Totals& totals() const noexcept { return totals_; }

  /// One message, or a burst. What was refused counts as tried.
  SendResult send(std::size_t receiver) {
    return dice_() % 8 == 0 ? send_burst(receiver) : send_one(receiver);
  }

 private:
  SendResult send_one(std::size_t receiver) {
    Numbered message{Ticket(tallies_[receiver]), sender_, next_[receiver]};
    const SendResult sent = to_[receiver].tell(std::move(message));
    // NOLINTNEXTLINE(bugprone-use-after-move): a refused message is untouched
    account(receiver, sent, taken(sent) ? 1 : 0, message);
    if (!taken(sent) && sent == SendResult::stopped) refuse(receiver, 1);
    return sent;
  }

  SendResult send_burst(std::size_t receiver) {
    const std::size_t count = 2 + dice_() % (largest_burst - 1);
    std::vector<Numbered> messages;
    messages.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      messages.push_back({Ticket(tallies_[receiver]), sender_, next_[receiver] + i});
    }
    const BurstResult sent = to_[receiver].send_n(std::span(messages));
    for (std::size_t i = sent.accepted; i < count; ++i) {
      account(receiver, sent.result, 0, messages[i]);
    }
    if (sent.accepted > 0) {
      next_[receiver] += sent.accepted;
      tallies_[receiver].accepted.fetch_add(sent.accepted, std::memory_order_relaxed);
      use_up(sent.accepted);
    }
    if (sent.result == SendResult::stopped) {
      const bool alone = overflow_of(to_[receiver]) == Overflow::drop_oldest ||
                         overflow_of(to_[receiver]) == Overflow::keep_latest;
      refuse(receiver, alone ? 1 : count - sent.accepted);  // those go one by one until refused
    }
    return sent.result;
  }

  void account(std::size_t receiver, SendResult sent, std::uint64_t accepted, Numbered& message) {
    if (accepted > 0) {
      ++next_[receiver];
      tallies_[receiver].accepted.fetch_add(1, std::memory_order_relaxed);
    } else {
      if (!message.ticket.held() || message.number == 0) complain("a refused message was touched");
      message.ticket.release();
      if (sent == SendResult::full) totals_.full.fetch_add(1, std::memory_order_relaxed);
    }
    use_up(1);
  }
  void refuse(std::size_t receiver, std::uint64_t count) {
    tallies_[receiver].refused_stopped.fetch_add(count, std::memory_order_relaxed);
  }
  void use_up(std::uint64_t count) { left_ -= std::min(count, left_); }

  const std::uint32_t sender_;
  const std::vector<ReceiverAddress> to_;
  std::vector<Tally>& tallies_;
  Totals& totals_;
  std::uint64_t left_;
  std::mt19937_64 dice_;
  std::array<std::uint64_t, receivers> next_ = [] {
    std::array<std::uint64_t, receivers> first{};
    first.fill(1);
    return first;
  }();
};

/// Sends as an actor does: waits for room, asks, sets and cancels timers.
class SenderActor : public Actor<SenderActor, Protocol<Go>> {
 public:
  SenderActor(Context& context, Feeder feeder, std::atomic<std::size_t>& busy)
      : context_(context), feeder_(std::move(feeder)), busy_(busy) {}

  void on(Go) {
    for (int i = 0; i < 64 && !feeder_.done(); ++i) {
      const std::size_t receiver = feeder_.pick();
      const auto& to = feeder_.address(receiver);
      if (feeder_.roll(64) == 0) ask(to);
      const SendResult sent = feeder_.send(receiver);
      if (sent == SendResult::full && overflow_of(to) == Overflow::wait) {
        feeder_.totals().waits.fetch_add(1, std::memory_order_relaxed);
        context_.when_room(to, [this] { on(Go{}); });
        return;
      }
    }
    if (feeder_.done()) {
      busy_.fetch_sub(1);
      busy_.notify_all();
      return;
    }
    go_on();
  }

 private:
  void ask(const ReceiverAddress& to) {
    const std::uint64_t value = feeder_.roll(1'000'000);
    const Duration patience =
        feeder_.roll(4) == 0 ? Duration(microseconds{feeder_.roll(300)}) : Duration(seconds{30});
    context_.ask(to, Question{value}, patience, Expected(feeder_.totals(), value));
  }

  void go_on() {
    Totals& totals = feeder_.totals();
    switch (feeder_.roll(8)) {
      case 0: {  // two timers; the one cancels the other
        totals.timers_set.fetch_add(2);
        const TimerId other =
            context_.after(milliseconds{20}, [&totals] { totals.timers_done.fetch_add(1); });
        context_.after(microseconds{feeder_.roll(300)}, [this, other, &totals] {
          totals.timers_done.fetch_add(context_.cancel(other) ? 2 : 1);
          on(Go{});
        });
        return;
      }
      default:
        if (!taken(context_.self<Protocol<Go>>().tell(Go{})))
          complain("an actor cannot tell itself");
    }
  }

  Context& context_;
  Feeder feeder_;
  std::atomic<std::size_t>& busy_;
};

void feed_from_outside(Runtime& runtime, Feeder feeder) {
  while (!feeder.done()) {
    const std::size_t receiver = feeder.pick();
    if (feeder.roll(64) == 0) {
      const std::uint64_t value = feeder.roll(1'000'000);
      runtime.ask(feeder.address(receiver), Question{value}, seconds{30},
                  Expected(feeder.totals(), value));
    }
    if (feeder.send(receiver) == SendResult::full) std::this_thread::yield();
  }
}

void expect_equal(const std::string& what, std::uint64_t a, std::uint64_t b) {
  if (a != b) complain(what + ": " + std::to_string(a) + " and " + std::to_string(b));
}

/// Everything once; `messages` in all.
void run_round(std::uint64_t messages, std::uint64_t seed, Totals& totals) {
  std::mt19937_64 dice(seed);
  std::vector<Tally> tallies(receivers);
  const auto tell_tally = [&tallies](const DeadLetter& letter) {
    if (letter.message_type.find("Numbered") == std::string_view::npos) return;
    Tally& tally = tallies[static_cast<std::size_t>(letter.actor.back() - '0')];
    switch (letter.reason) {
      case DeadLetterReason::dropped_oldest:
        tally.dropped_letters.fetch_add(1);
        return;
      case DeadLetterReason::handler_threw:
        tally.threw_letters.fetch_add(1);
        return;
      case DeadLetterReason::stopped:
        tally.stopped_letters.fetch_add(1);
        return;
      case DeadLetterReason::failed:
        complain("an actor gave up");
        return;
      case DeadLetterReason::mailbox_full:
      case DeadLetterReason::replaced:
        return;
    }
  };
  std::vector<ReceiverAddress> to;
  {
    Runtime runtime({.threads = 3, .seed = dice(), .on_dead_letter = tell_tally});
    Lane& lane = runtime.lane("work", 1, 16);
    constexpr std::array policies{Overflow::wait, Overflow::reject, Overflow::drop_oldest,
                                  Overflow::keep_latest};
    for (std::size_t i = 0; i < receivers; ++i) {
      const Overflow overflow = policies[i % policies.size()];
      const std::size_t capacity = std::size_t{1} << dice() % 8;
      to.push_back(runtime.spawn<Receiver>("receiver-" + std::to_string(i),
                                           {.mailbox = {.capacity = capacity, .overflow = overflow},
                                            .supervision = {.max_restarts = 1'000'000'000,
                                                            .initial_backoff = microseconds{200},
                                                            .max_backoff = milliseconds{1}},
                                            .shutdown_phase = 1},
                                           [&tallies, &lane, i, overflow](Context& context) {
                                             return std::make_unique<Receiver>(context, tallies[i],
                                                                               overflow, lane);
                                           }));
    }
    const std::uint64_t quota = messages / senders;
    std::atomic<std::size_t> busy{actor_senders};
    std::vector<Address<Protocol<Go>>> actors;
    for (std::uint32_t i = 0; i < actor_senders; ++i) {
      const Feeder feeder(static_cast<std::uint32_t>(outside_senders) + i, to, tallies, totals,
                          quota, dice());
      actors.push_back(runtime.spawn<SenderActor>(
          "sender-" + std::to_string(i), {}, [feeder, &busy](Context& context) {
            return std::make_unique<SenderActor>(context, feeder, busy);
          }));
    }
    if (!runtime.start()) complain("the runtime does not start");
    for (const auto& actor : actors) {
      if (!taken(actor.tell(Go{}))) complain("a sender does not take its start");
    }
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < outside_senders; ++i) {
      threads.emplace_back(feed_from_outside, std::ref(runtime),
                           Feeder(i, to, tallies, totals, quota, dice()));
    }
    // Half the receivers end when about a third of the messages is through.
    const auto through = [&tallies] {
      std::uint64_t sum = 0;
      for (const Tally& tally : tallies) sum += tally.handled.load();
      return sum;
    };
    while (through() < messages / 8 && busy.load() > 0) {
      for (const ActorSnapshot& actor : runtime.snapshot()) {
        if (actor.depth > actor.capacity) complain(actor.name + " holds more than its bound");
      }
      std::this_thread::sleep_for(milliseconds{1});
    }
    for (std::size_t i = lasting; i < receivers; ++i) runtime.stop(to[i]);
    for (std::thread& thread : threads) thread.join();
    for (std::size_t left = busy.load(); left > 0; left = busy.load()) busy.wait(left);
    for (const ActorSnapshot& actor : runtime.snapshot()) totals.restarts += actor.restarts;
    if (!runtime.shutdown(seconds{120}).clean) complain("the shutdown was not clean");
  }
  for (std::size_t i = 0; i < receivers; ++i) {
    Tally& tally = tallies[i];
    tally.replaced =
        to[i].cell()->snapshot().dead_letters[static_cast<std::size_t>(DeadLetterReason::replaced)];
    const std::string name = "receiver-" + std::to_string(i);
    const std::uint64_t left = tally.stopped_letters - tally.refused_stopped;
    expect_equal(name + ": accepted, and handled or dead", tally.accepted,
                 tally.handled + tally.unhandled);
    expect_equal(name + ": unhandled, and accounted dead letters", tally.unhandled,
                 tally.dropped_letters + tally.replaced + tally.threw_letters + left);
    totals.sent += tally.accepted;
    totals.handled += tally.handled;
    totals.dropped += tally.dropped_letters;
    totals.replaced += tally.replaced;
    totals.threw += tally.threw_letters;
    totals.left_at_stop += left;
  }
  expect_equal("questions asked and answered", totals.asked, totals.answered);
  expect_equal("timers set and fired or cancelled", totals.timers_set, totals.timers_done);
  ++totals.rounds;
}

std::uint64_t number_after(int argc, char** argv, int at) {
  char* end = nullptr;
  if (at + 1 >= argc) {
    std::fprintf(stderr, "mailbox_stress: %s wants a number after it (see --help)\n", argv[at]);
    std::exit(2);
  }
  const std::uint64_t number = std::strtoull(argv[at + 1], &end, 10);
  if (end == argv[at + 1] || *end != '\0') {
    std::fprintf(stderr, "mailbox_stress: '%s' is not a number (see --help)\n", argv[at + 1]);
    std::exit(2);
  }
  return number;
}

constexpr const char* help =
    "Usage: mailbox_stress [--messages N | --seconds N] [--seed N]\n\n"
    "Sends to actors of every overflow policy from threads and actors, with bursts, questions,\n"
    "timers, lanes, failing handlers and stops, and checks that no accepted message is lost,\n"
    "doubled or reordered and each question is answered exactly once. Exit status 0 if all "
    "held.\n\n"
    "  --messages N  messages to try (default 400000)\n"
    "  --seconds N   instead: rounds of 100000 messages for that long\n"
    "  --seed N      of the dice (default 1); threads make each run different all the same\n\n"
    "Example:\n  mailbox_stress --seconds 60\n";

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t messages = 400'000;
  std::uint64_t limit_seconds = 0;
  std::uint64_t seed = 1;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--help" || option == "-h") {
      std::fputs(help, stdout);
      return 0;
    }
    if (option == "--messages") {
      messages = number_after(argc, argv, i);
    } else if (option == "--seconds") {
      limit_seconds = number_after(argc, argv, i);
    } else if (option == "--seed") {
      seed = number_after(argc, argv, i);
    } else {
      std::fprintf(stderr, "mailbox_stress: unknown option %s (see --help)\n", argv[i]);
      return 2;
    }
  }

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  Totals totals;
  std::uint64_t tried = 0;
  while (!wrong &&
         (limit_seconds > 0 ? elapsed() < static_cast<double>(limit_seconds) : tried < messages)) {
    const std::uint64_t now =
        limit_seconds > 0 ? round_messages : std::min(round_messages, messages - tried);
    run_round(now, seed++, totals);
    tried += now;
  }
  const auto print = [](const char* what, std::uint64_t value) {
    std::printf("%-28s %12llu\n", what, static_cast<unsigned long long>(value));
  };
  print("rounds", totals.rounds);
  print("messages tried", tried);
  print("accepted", totals.sent);
  print("handled", totals.handled);
  print("dropped as oldest", totals.dropped);
  print("replaced", totals.replaced);
  print("whose handler threw", totals.threw);
  print("left at a stop", totals.left_at_stop);
  print("refused as full", totals.full);
  print("waits for room", totals.waits);
  print("restarts", totals.restarts);
  print("questions", totals.asked);
  print("answered", totals.answered);
  print("answered with a value", totals.answers_with_value);
  print("timers", totals.timers_set);
  std::printf("%-28s %12.1f\n", "seconds", elapsed());
  std::puts(wrong ? "WRONG" : "nothing lost, doubled or reordered; every question answered once");
  return wrong ? 1 : 0;
}
