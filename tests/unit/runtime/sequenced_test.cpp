#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/runtime/actor.hpp"
#include "engine/runtime/context.hpp"
#include "engine/runtime/inlet.hpp"
#include "engine/runtime/outside_ask.hpp"
#include "engine/runtime/replay_executor.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

namespace hts::runtime {
namespace {

using std::chrono::milliseconds;

struct Deposit {
  int amount = 0;
};
struct Total {
  using Reply = int;
};
using BankProtocol = Protocol<Deposit, Request<Total>>;

struct Codec {
  static void encode(const Deposit& deposit, std::string& bytes) {
    bytes += std::to_string(deposit.amount);
  }
};

/// Everything that a run may depend on: order of inputs, time, random draws, timers, what a lane's
/// work was told by the world outside, and another actor.
class Bank : public Actor<Bank, BankProtocol> {
 public:
  struct Ports {
    std::function<void(std::string_view, std::string_view)> send;
    std::function<std::string(int)> ask_world;
    Lane* lane = nullptr;
    Address<BankProtocol> branch;
  };

  Bank(Context& context, Ports ports) : context_(context), ports_(std::move(ports)) {}

  void on(const Deposit& deposit) {
    total_ += deposit.amount;
    say("deposit");
    if (ports_.branch) (void)ports_.branch.tell(Deposit{deposit.amount * 10});
    if (deposit.amount % 3 == 0) {
      context_.after(milliseconds{1}, [this] { say("timer"); });
    }
    if (deposit.amount % 5 == 0) {
      context_.offload(
          *ports_.lane,
          [this, amount = deposit.amount]() -> result::Result<std::string> {
            auto* calls = PortCalls::current();
            const std::string question = std::to_string(amount);
            if (calls != nullptr && calls->mode() == PortCalls::Mode::replay) {
              const auto answer = calls->answer("world", question);
              return answer ? std::string(*answer) : "no answer";
            }
            std::string answer = ports_.ask_world(amount);
            if (calls != nullptr) calls->add({"world", question, answer});
            return answer;
          },
          [this](result::Result<std::string> answer) {
            say(answer.ok() ? *answer : answer.error().message);
          });
    }
  }
  void on(Request<Total>& request) { request.reply(total_); }
  void on_stop() { say("stop"); }

 private:
  void say(std::string_view what) {
    ports_.send(context_.name(),
                std::string(what) + " " + std::to_string(total_) + " " +
                    std::to_string(context_.random()) + " " +
                    std::to_string(context_.now().time_since_epoch().count()) + " " +
                    std::to_string(context_.steady_now().time_since_epoch().count()));
  }

  Context& context_;
  Ports ports_;
  int total_ = 0;
};

struct Remembered {
  InputRecord input;
  std::string name;
  std::string bytes;
  std::optional<result::Error> refusal;
  std::vector<PortCall> calls;
  std::vector<std::pair<std::string, std::string>> commands;
};

class Memory final : public Recorder {
 public:
  void on_input(const InputRecord& input) noexcept override {
    const std::lock_guard lock(mutex_);
    Remembered& record = records_.emplace_back();
    record.input = input;
    record.name = input.name;
    record.bytes = input.bytes;
    if (input.refusal != nullptr) record.refusal = *input.refusal;
    if (input.calls != nullptr) record.calls = input.calls->calls();
  }
  void on_command(std::string_view name, std::string_view bytes) noexcept override {
    const std::lock_guard lock(mutex_);
    records_.back().commands.emplace_back(name, bytes);
  }
  [[nodiscard]] std::vector<Remembered> records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  [[nodiscard]] bool has_stray() const {
    const std::lock_guard lock(mutex_);
    return std::any_of(records_.begin(), records_.end(), [](const Remembered& record) {
      return record.input.kind == InputRecord::Kind::stray;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Remembered> records_;
};

Address<BankProtocol> open_bank(Runtime& runtime, std::function<std::string(int)> ask_world) {
  Lane& lane = runtime.lane("world", 2, 4);
  const auto send = [&runtime](std::string_view name, std::string_view bytes) {
    runtime.command(name, bytes);
  };
  ActorOptions large;
  large.mailbox.capacity = 1024;
  const auto branch =
      runtime.spawn<Bank>("branch", large, [send, ask_world, &lane](Context& context) {
        return std::make_unique<Bank>(context, Bank::Ports{send, ask_world, &lane, {}});
      });
  return runtime.spawn<Bank>("bank", large, [send, ask_world, &lane, branch](Context& context) {
    return std::make_unique<Bank>(context, Bank::Ports{send, ask_world, &lane, branch});
  });
}

class Depositing final : public OutsideWork {
 public:
  Depositing(Address<BankProtocol> bank, int amount) : bank_(std::move(bank)), amount_(amount) {}
  std::string_view name() const noexcept override { return "deposit"; }
  void encode(std::string& bytes) const override { bytes += std::to_string(amount_); }
  void run() override { (void)bank_.tell(Deposit{amount_}); }

 private:
  Address<BankProtocol> bank_;
  int amount_;
};

/// Plays the records and gives the commands of each.
std::vector<Remembered> replay(std::vector<Remembered> records, std::uint64_t seed) {
  std::vector<Remembered> played = records;
  for (Remembered& record : played) record.commands.clear();
  std::size_t at = 0;
  auto executor =
      std::make_unique<ReplayExecutor>([&](std::string_view name, std::string_view bytes) {
        played[at].commands.emplace_back(name, bytes);
      });
  ReplayExecutor& player = *executor;
  RuntimeOptions options;
  options.seed = seed;
  options.executor = std::move(executor);
  Runtime runtime(std::move(options));
  const auto bank = open_bank(runtime, [](int) { return "the world is not asked again"; });
  EXPECT_TRUE(runtime.start().ok());
  for (at = 0; at < records.size(); ++at) {
    Remembered& record = records[at];
    record.input.refusal = record.refusal ? &*record.refusal : nullptr;
    const auto outcome = player.play(record.input, record.calls, [&] {
      if (runtime.redo(record.name, record.bytes)) return;
      Depositing(bank, std::stoi(record.bytes)).run();
    });
    EXPECT_FALSE(outcome.job_is_missing) << at;
    EXPECT_FALSE(outcome.difference) << at;
  }
  return played;
}

std::size_t expect_same(const std::vector<Remembered>& recorded,
                        const std::vector<Remembered>& played) {
  std::size_t commands = 0;
  EXPECT_EQ(recorded.size(), played.size());
  for (std::size_t i = 0; i < std::min(recorded.size(), played.size()); ++i) {
    EXPECT_EQ(recorded[i].commands, played[i].commands) << "input " << i + 1;
    commands += recorded[i].commands.size();
  }
  return commands;
}

TEST(sequenced, replays_what_many_threads_did_to_the_last_byte) {
  Memory memory;
  constexpr int senders = 4;
  constexpr int deposits = 200;
  {
    std::atomic<int> world{0};
    RuntimeOptions options;
    options.seed = 11;
    options.threads = 3;
    options.recorder = &memory;
    Runtime runtime(std::move(options));
    const auto bank = open_bank(runtime, [&](int) { return std::to_string(world.fetch_add(1)); });
    ASSERT_TRUE(runtime.start().ok());
    Inlet<BankProtocol, Codec> inlet(runtime, "deposit", bank);
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender) {
      threads.emplace_back([&] {
        for (int i = 1; i <= deposits; ++i) {
          if (i % 2 == 0) {
            runtime.enter(std::make_unique<Depositing>(bank, i));
          } else {
            EXPECT_EQ(inlet.tell(Deposit{i}), SendResult::accepted);
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(runtime.shutdown(std::chrono::seconds{20}).clean);
  }
  const auto recorded = memory.records();
  EXPECT_FALSE(memory.has_stray());
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    EXPECT_EQ(recorded[i].input.number, i + 1);
  }
  const std::size_t commands = expect_same(recorded, replay(recorded, 11));
  EXPECT_GE(commands, 2U * senders * deposits);
}

TEST(sequenced, shows_a_replay_with_another_seed_as_different) {
  Memory memory;
  {
    RuntimeOptions options;
    options.seed = 1;
    options.recorder = &memory;
    Runtime runtime(std::move(options));
    const auto bank = open_bank(runtime, [](int) { return "w"; });
    ASSERT_TRUE(runtime.start().ok());
    runtime.enter(std::make_unique<Depositing>(bank, 15));
    EXPECT_TRUE(runtime.shutdown(std::chrono::seconds{20}).clean);
  }
  const auto recorded = memory.records();
  expect_same(recorded, replay(recorded, 1));
  EXPECT_NE(recorded[1].commands, replay(recorded, 2)[1].commands);
}

/// A recorder over virtual time: everything on the test's thread.
struct Recording {
  Memory memory;
  simulation::ManualExecutor* clock = nullptr;
  std::unique_ptr<Runtime> runtime;
  std::vector<std::string> log;

  Recording() {
    auto executor = std::make_unique<simulation::ManualExecutor>();
    clock = executor.get();
    RuntimeOptions options;
    options.executor = std::move(executor);
    options.recorder = &memory;
    options.log = [this](const LogRecord& record) { log.emplace_back(record.text); };
    runtime = std::make_unique<Runtime>(std::move(options));
  }
};

TEST(sequenced, gives_an_input_one_time_however_long_its_work_takes) {
  Recording recording;
  std::vector<Timestamp> seen;
  class Slow : public Actor<Slow, Protocol<Deposit>> {
   public:
    Slow(Context& context, simulation::ManualExecutor& clock, std::vector<Timestamp>& seen)
        : context_(context), clock_(clock), seen_(seen) {}
    void on(const Deposit&) {
      seen_.push_back(context_.now());
      clock_.spend(milliseconds{5});
      seen_.push_back(context_.now());
    }

   private:
    Context& context_;
    simulation::ManualExecutor& clock_;
    std::vector<Timestamp>& seen_;
  };
  const auto slow = recording.runtime->spawn<Slow>("slow", {}, [&](Context& context) {
    return std::make_unique<Slow>(context, *recording.clock, seen);
  });
  ASSERT_TRUE(recording.runtime->start().ok());
  Inlet<Protocol<Deposit>, Codec> inlet(*recording.runtime, "slow", slow);
  const Timestamp begin = recording.clock->now();
  EXPECT_EQ(inlet.tell(Deposit{1}), SendResult::accepted);
  EXPECT_EQ(inlet.tell(Deposit{2}), SendResult::accepted);
  recording.clock->run();
  EXPECT_EQ(seen, (std::vector<Timestamp>{begin, begin, begin + milliseconds{5},
                                          begin + milliseconds{5}}));
}

TEST(sequenced, says_loudly_that_something_entered_unrecorded) {
  Recording recording;
  const auto bank = open_bank(*recording.runtime, [](int) { return "w"; });
  ASSERT_TRUE(recording.runtime->start().ok());
  recording.clock->run();
  EXPECT_EQ(bank.tell(Deposit{1}), SendResult::accepted);
  recording.clock->run();
  EXPECT_TRUE(recording.memory.has_stray());
  ASSERT_EQ(recording.log.size(), 1U);
  EXPECT_THAT(recording.log[0], ::testing::HasSubstr("cannot be replayed"));
}

TEST(sequenced, does_not_record_what_is_only_observed) {
  Recording recording;
  const auto bank = open_bank(*recording.runtime, [](int) { return "w"; });
  ASSERT_TRUE(recording.runtime->start().ok());
  recording.clock->run();
  const std::size_t before = recording.memory.records().size();
  std::optional<int> total;
  recording.runtime->observe([&] {
    recording.runtime->ask(bank, Total{}, milliseconds{100},
                           [&](const result::Result<int>& reply) { total = *reply; });
  });
  recording.clock->run();
  EXPECT_EQ(total, 0);
  EXPECT_EQ(recording.memory.records().size(), before);
}

TEST(sequenced, lets_other_inputs_in_between_two_actors_that_never_stop) {
  struct Ball {};
  class Player : public Actor<Player, Protocol<Ball>> {
   public:
    Player(std::uint64_t& hits, std::function<void()> back) : hits_(hits), back_(std::move(back)) {}
    void on(const Ball&) {
      ++hits_;
      back_();
    }

   private:
    std::uint64_t& hits_;
    std::function<void()> back_;
  };
  Recording recording;
  std::uint64_t hits = 0;
  const auto left = recording.runtime->reserve<Protocol<Ball>>("left");
  const auto right = recording.runtime->spawn<Player>("right", {}, [&](Context&) {
    return std::make_unique<Player>(hits, [left] { (void)left.tell(Ball{}); });
  });
  recording.runtime->start<Player>(left, [&](Context&) {
    return std::make_unique<Player>(hits, [right, &hits] {
      if (hits < 3'000'000) (void)right.tell(Ball{});
    });
  });
  ASSERT_TRUE(recording.runtime->start().ok());
  recording.clock->step();
  struct BallCodec {
    static void encode(const Ball&, std::string&) {}
  };
  Inlet<Protocol<Ball>, BallCodec> inlet(*recording.runtime, "ball", left);
  EXPECT_EQ(inlet.tell(Ball{}), SendResult::accepted);
  std::uint64_t hits_at_observation = 0;
  recording.runtime->observe([&] { hits_at_observation = hits; });
  recording.clock->run();
  EXPECT_GT(hits_at_observation, 0U);
  EXPECT_LT(hits_at_observation, 3'000'000U);
  EXPECT_GE(hits, 3'000'000U);
}

/// Keeps questions unanswered, and says when nobody waits for one any more.
class Desk : public Actor<Desk, Protocol<Request<Total>>> {
 public:
  Desk(Context& context, Runtime& runtime) : context_(context), runtime_(runtime) {}
  void on(Request<Total>& request) {
    context_.when_unwanted(request.reply, [this] { runtime_.command("unwanted", ""); });
    kept_.push_back(std::move(request));
  }

 private:
  Context& context_;
  Runtime& runtime_;
  std::vector<Request<Total>> kept_;
};

/// Asks the desk.
class Asking final : public OutsideWork {
 public:
  Asking(Runtime& runtime, Address<Protocol<Request<Total>>> desk, AskHandle& handle)
      : runtime_(runtime), desk_(std::move(desk)), handle_(handle) {}
  std::string_view name() const noexcept override { return "ask"; }
  void encode(std::string&) const override {}
  void run() override {
    handle_ = runtime_.ask(desk_, Total{}, std::chrono::hours{1},
                           [this_runtime = &runtime_](const result::Result<int>& r) {
                             const bool cancelled =
                                 !r.ok() && r.error().code == result::ErrorCode::cancelled;
                             this_runtime->command("answer", cancelled ? "cancelled" : "other");
                           });
  }

 private:
  Runtime& runtime_;
  Address<Protocol<Request<Total>>> desk_;
  AskHandle& handle_;
};

Address<Protocol<Request<Total>>> open_desk(Runtime& runtime) {
  return runtime.spawn<Desk>("desk", {}, [&runtime](Context& context) {
    return std::make_unique<Desk>(context, runtime);
  });
}

TEST(sequenced, records_that_a_question_was_taken_back_and_replays_it) {
  Recording recording;
  const auto desk = open_desk(*recording.runtime);
  ASSERT_TRUE(recording.runtime->start().ok());
  // A question that only looks comes before, and takes no number.
  recording.runtime->observe([&] {
    recording.runtime->ask(desk, Total{}, std::chrono::hours{1}, [](const result::Result<int>&) {});
  });
  AskHandle first;
  AskHandle second;
  recording.runtime->enter(std::make_unique<Asking>(*recording.runtime, desk, first));
  recording.runtime->enter(std::make_unique<Asking>(*recording.runtime, desk, second));
  recording.clock->run();
  second.cancel();
  second.cancel();
  recording.clock->run();
  const auto recorded = recording.memory.records();
  EXPECT_FALSE(recording.memory.has_stray());
  ASSERT_EQ(recorded.size(), 4U);
  EXPECT_EQ(recorded[3].name, "runtime.cancel_question");
  EXPECT_EQ(recorded[3].bytes, "2");
  EXPECT_THAT(recorded[3].commands, ::testing::UnorderedElementsAre(
                                        std::pair{std::string("answer"), std::string("cancelled")},
                                        std::pair{std::string("unwanted"), std::string()}));

  std::vector<Remembered> played = recorded;
  for (Remembered& record : played) record.commands.clear();
  std::size_t at = 0;
  auto executor =
      std::make_unique<ReplayExecutor>([&](std::string_view name, std::string_view bytes) {
        if (at < played.size()) played[at].commands.emplace_back(name, bytes);
      });
  ReplayExecutor& player = *executor;
  RuntimeOptions options;
  options.executor = std::move(executor);
  Runtime again(std::move(options));
  const auto same_desk = open_desk(again);
  ASSERT_TRUE(again.start().ok());
  AskHandle unused;
  for (at = 0; at < recorded.size(); ++at) {
    (void)player.play(recorded[at].input, {}, [&] {
      if (!again.redo(recorded[at].name, recorded[at].bytes))
        Asking(again, same_desk, unused).run();
    });
  }
  expect_same(recorded, played);
}

TEST(replay, names_the_call_that_a_job_makes_otherwise) {
  PortCalls calls;
  calls.begin_replay({{"store.find", "a", "1"}, {"store.find", "b", "2"}});
  EXPECT_EQ(calls.answer("store.find", "a"), "1");
  EXPECT_TRUE(calls.difference()) << "a recorded call was not made";
  EXPECT_FALSE(calls.answer("store.find", "c"));
  ASSERT_TRUE(calls.difference());
  EXPECT_EQ(calls.difference()->index, 1U);
  EXPECT_EQ(calls.difference()->made.arguments, "c");
  EXPECT_FALSE(calls.answer("store.find", "b")) << "nothing fits after the first difference";
}

}  // namespace
}  // namespace hts::runtime
