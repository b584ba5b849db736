#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using ::testing::ElementsAre;

struct Foreign {};

static_assert(Takes<ProbeProtocol, Note>);
static_assert(Takes<ProbeProtocol, Request<Question>>);
static_assert(!Takes<ProbeProtocol, Foreign>, "a foreign message must not compile");

static_assert(HandlingHistogram::bucket_of(Duration{0}) == 0);
static_assert(HandlingHistogram::bucket_of(Duration{127}) == 0);
static_assert(HandlingHistogram::bucket_of(HandlingHistogram::upper_bound(0)) == 1);
static_assert(HandlingHistogram::bucket_of(HandlingHistogram::upper_bound(7) - Duration{1}) == 7);
static_assert(HandlingHistogram::bucket_of(std::chrono::hours{1}) ==
              HandlingHistogram::buckets - 1);

TEST(actor, messages_are_handled_in_the_order_sent) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(probe.tell(Note{i}), SendResult::accepted);
  EXPECT_TRUE(record.notes.empty()) << "nothing runs inside tell";
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(0, 1, 2, 3, 4));
}

TEST(actor, messages_told_before_the_start_wait_for_it) {
  Record record;
  Stage stage;
  const auto probe = stage.runtime().reserve<ProbeProtocol>("probe");
  EXPECT_TRUE(taken(probe.tell(Note{7})));
  stage.run();
  EXPECT_EQ(record.made, 0);
  EXPECT_EQ(stage.snapshot("probe").state, ActorState::reserved);
  stage.runtime().start<Probe>(
      probe, [&](Context& context) { return std::make_unique<Probe>(context, record); });
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(7));
  EXPECT_EQ(stage.snapshot("probe").state, ActorState::running);
}

TEST(actor, a_burst_is_taken_in_order_as_far_as_it_fits) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record, {.mailbox = {.capacity = 4}});
  std::vector<Note> notes{{1}, {2}, {3}, {4}, {5}, {6}};
  const BurstResult sent = probe.send_n(std::span(notes));
  EXPECT_EQ(sent.accepted, 4U);
  EXPECT_EQ(sent.result, SendResult::full);
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(1, 2, 3, 4));
}

TEST(actor, control_overtakes_data) {
  Record record;
  Record answering;
  Stage stage;
  const auto probe = stage.probe("probe", record, {.mailbox = {.capacity = 1024}});
  stage.run();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(taken(probe.tell(Note{i})));
  std::size_t handled_when_answered = 1000;
  const auto other = stage.probe("other", answering);
  stage.in_turn(probe, [&](Context& context) {
    context.ask(other, Question{1}, seconds{1},
                [&](const result::Result<int>&) { handled_when_answered = record.notes.size(); });
    for (int i = 0; i < 1000; ++i) (void)probe.tell(Note{i});
  });
  // The answer comes while 1,000 messages wait; one batch at most goes before it.
  record.notes.clear();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(taken(probe.tell(Note{i})));
  answering.questions.front().reply(1);
  stage.run();
  EXPECT_LE(handled_when_answered, 256U);
  EXPECT_EQ(record.notes.size(), 1000U);
}

TEST(actor, a_flooded_actor_delays_another_by_one_batch_at_most) {
  Record flooded;
  Record quiet;
  Stage stage;
  const auto a = stage.probe("flooded", flooded, {.mailbox = {.capacity = 4096}});
  const auto b = stage.probe("quiet", quiet);
  stage.run();
  for (int i = 0; i < 4000; ++i) ASSERT_TRUE(taken(a.tell(Note{i})));
  ASSERT_TRUE(taken(b.tell(Note{1})));
  while (quiet.notes.empty()) ASSERT_TRUE(stage.executor().step());
  EXPECT_LE(flooded.notes.size(), 256U);
}

TEST(actor, a_slow_handler_ends_the_batch_after_its_time_budget) {
  Record slow;
  Record other;
  int slow_handled = 0;  // counts on while the stage ends
  Stage stage;
  const auto probe = stage.probe("slow", slow);
  const auto quiet = stage.probe("quiet", other);
  stage.run();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(taken(probe.tell(Do{[&](Context&) {
      ++slow_handled;
      stage.executor().spend(milliseconds{1});
    }})));
  }
  ASSERT_TRUE(taken(quiet.tell(Note{1})));
  while (other.notes.empty()) ASSERT_TRUE(stage.executor().step());
  EXPECT_LE(slow_handled, 2) << "the first message of an unknown handler is timed";
}

TEST(actor, one_that_stops_itself_leaves_the_rest_to_dead_letters) {
  std::vector<std::string> dead;
  Record record;
  Stage stage({.on_dead_letter = [&](const DeadLetter& letter) {
    dead.push_back(std::string(letter.actor) + " " + std::string(name_of(letter.reason)));
  }});
  const auto probe = stage.probe("probe", record);
  ASSERT_TRUE(taken(probe.tell(Do{[](Context& context) { context.stop_self(); }})));
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  stage.run();
  EXPECT_TRUE(record.notes.empty());
  EXPECT_EQ(record.stops, 1);
  EXPECT_EQ(record.ended, 1);
  EXPECT_EQ(probe.tell(Note{2}), SendResult::stopped);
  EXPECT_THAT(dead, ElementsAre("probe stopped", "probe stopped"));
}

TEST(actor, one_asked_to_stop_handles_what_waits_first) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record);
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  ASSERT_TRUE(taken(probe.tell(Note{2})));
  stage.runtime().stop(probe);
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(1, 2));
  EXPECT_EQ(record.stops, 1);
  EXPECT_EQ(probe.tell(Note{3}), SendResult::stopped);
}

TEST(actor, its_own_address_is_the_one_it_was_spawned_with) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record);
  stage.in_turn(probe, [&](Context& context) {
    EXPECT_EQ(context.self<ProbeProtocol>(), probe);
    EXPECT_TRUE(taken(context.self<ProbeProtocol>().tell(Note{5})));
    EXPECT_THROW((void)context.self<Protocol<Foreign>>(), std::logic_error);
  });
  EXPECT_THAT(record.notes, ElementsAre(5));
}

TEST(actor, the_address_of_nobody_refuses) {
  const ProbeAddress nobody;
  EXPECT_EQ(nobody.tell(Note{1}), SendResult::stopped);
  EXPECT_EQ(nobody.name(), "nobody");
}

TEST(actor, an_address_outlives_the_runtime) {
  Record record;
  ProbeAddress probe;
  {
    Stage stage;
    probe = stage.probe("probe", record);
    stage.run();
  }
  EXPECT_EQ(probe.tell(Note{1}), SendResult::stopped);
  EXPECT_EQ(record.ended, 1);
}

TEST(actor, random_draws_depend_on_the_seed_and_the_name_only) {
  const auto draws = [](std::uint64_t seed, const std::string& name) {
    Record record;
    Stage stage({.seed = seed});
    std::vector<std::uint64_t> drawn;
    stage.in_turn(stage.probe(name, record), [&](Context& context) {
      for (int i = 0; i < 4; ++i) drawn.push_back(context.random());
    });
    return drawn;
  };
  EXPECT_EQ(draws(1, "a"), draws(1, "a"));
  EXPECT_NE(draws(1, "a"), draws(2, "a"));
  EXPECT_NE(draws(1, "a"), draws(1, "b"));
}

TEST(actor, the_wall_clock_is_the_injected_one) {
  Record record;
  Stage stage({.wall_clock = [] { return time::from_milliseconds(1'600'000'000'123); }});
  stage.in_turn(stage.probe("probe", record), [](Context& context) {
    EXPECT_EQ(context.now(), time::from_milliseconds(1'600'000'000'123));
  });
}

TEST(actor, a_snapshot_tells_name_state_depth_and_counts) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record, {.mailbox = {.capacity = 100}});
  stage.run();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(taken(probe.tell(Note{i})));
  EXPECT_EQ(stage.snapshot("probe").depth, 3U);
  EXPECT_EQ(stage.snapshot("probe").capacity, 128U) << "rounded up to a power of two";
  stage.run();
  const ActorSnapshot after = stage.snapshot("probe");
  EXPECT_EQ(after.depth, 0U);
  EXPECT_EQ(after.handled, 3U);
  EXPECT_EQ(after.state, ActorState::running);
  std::uint64_t samples = 0;
  for (const std::uint64_t count : after.handling.samples) samples += count;
  EXPECT_GE(samples, 1U) << "the first message is always timed";
}

TEST(actor, waiting_for_room_ends_when_a_full_mailbox_is_drained) {
  Record slow;
  Record eager;
  Stage stage;
  const auto to =
      stage.probe("slow", slow, {.mailbox = {.capacity = 2, .overflow = Overflow::wait}});
  const auto from = stage.probe("eager", eager);
  int left = 10;
  std::function<void(Context&)> send = [&](Context& context) {
    while (left > 0) {
      if (!taken(to.tell(Note{left}))) {
        context.when_room(to, [&] { send(context); });
        return;
      }
      --left;
    }
  };
  stage.in_turn(from, send);
  EXPECT_EQ(left, 0);
  EXPECT_THAT(slow.notes, ElementsAre(10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
  EXPECT_EQ(stage.snapshot("slow").dropped(), 0U) << "waiting is not dropping";
}

TEST(actor, waiting_for_room_at_an_actor_that_ends_is_told_too) {
  Record record;
  Record other;
  Stage stage;
  const auto target = stage.probe("target", record);
  const auto waiter = stage.probe("waiter", other);
  stage.runtime().stop(target);
  stage.run();
  SendResult after = SendResult::accepted;
  stage.in_turn(waiter, [&](Context& context) {
    context.when_room(target, [&] { after = target.tell(Note{1}); });
  });
  EXPECT_EQ(after, SendResult::stopped);
}

}  // namespace
}  // namespace hts::runtime::test
