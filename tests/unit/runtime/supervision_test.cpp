#include "engine/runtime/supervision.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using ::testing::ElementsAre;

const SupervisionOptions plain{.max_restarts = 3,
                               .window = seconds{60},
                               .initial_backoff = milliseconds{100},
                               .max_backoff = milliseconds{300},
                               .jitter_fraction = 0};

SteadyTime at(std::int64_t seconds_since_start) {
  return SteadyTime(seconds{seconds_since_start});
}

TEST(restart_policy, pauses_double_up_to_the_longest_then_it_gives_up) {
  detail::RestartPolicy policy(plain);
  EXPECT_EQ(policy.on_failure(at(1), 0).backoff, milliseconds{100});
  EXPECT_EQ(policy.on_failure(at(2), 0).backoff, milliseconds{200});
  EXPECT_EQ(policy.on_failure(at(3), 0).backoff, milliseconds{300});
  EXPECT_TRUE(policy.on_failure(at(4), 0).give_up);
}

TEST(restart_policy, failures_older_than_the_window_are_forgotten) {
  detail::RestartPolicy policy(plain);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(policy.on_failure(at(i), 0).give_up);
  const auto later = policy.on_failure(at(100), 0);
  EXPECT_FALSE(later.give_up);
  EXPECT_EQ(later.backoff, milliseconds{100});
}

TEST(restart_policy, jitter_lengthens_by_at_most_its_fraction) {
  SupervisionOptions options = plain;
  options.jitter_fraction = 0.5;
  EXPECT_EQ(detail::RestartPolicy(options).on_failure(at(0), 0).backoff, milliseconds{100});
  const Duration longest =
      detail::RestartPolicy(options).on_failure(at(0), ~std::uint64_t{0}).backoff;
  EXPECT_GT(longest, milliseconds{149});
  EXPECT_LE(longest, milliseconds{150});
}

class supervision : public ::testing::Test {
 protected:
  void fail() {
    ASSERT_TRUE(taken(probe.tell(Do{[](Context&) { throw std::runtime_error("boom"); }})));
    stage.run();
  }

  std::vector<Failure> given_up;
  std::vector<std::string> logged;
  Record record;
  Stage stage{{.log =
                   [this](const LogRecord& line) {
                     logged.push_back(std::string(line.actor) + ": " + std::string(line.text));
                   },
               .on_give_up = [this](const Failure& failure) { given_up.push_back(failure); }}};
  ProbeAddress probe = stage.probe("probe", record, {.supervision = plain});
};

TEST_F(supervision, an_actor_that_throws_is_made_anew_after_its_pause) {
  fail();
  EXPECT_EQ(record.ended, 1);
  EXPECT_EQ(stage.snapshot("probe").state, ActorState::restarting);
  stage.advance(milliseconds{99});
  EXPECT_EQ(record.made, 1);
  stage.advance(milliseconds{1});
  EXPECT_EQ(record.made, 2);
  const ActorSnapshot after = stage.snapshot("probe");
  EXPECT_EQ(after.state, ActorState::running);
  EXPECT_EQ(after.restarts, 1U);
  EXPECT_EQ(after.last_error, "boom");
  EXPECT_THAT(logged, ElementsAre("probe: A handler failed: boom"));
}

TEST_F(supervision, messages_wait_while_the_actor_restarts) {
  ASSERT_TRUE(taken(probe.tell(Do{[](Context&) { throw std::runtime_error("boom"); }})));
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  stage.run();
  ASSERT_TRUE(taken(probe.tell(Note{2})));
  stage.run();
  EXPECT_TRUE(record.notes.empty());
  stage.advance(seconds{1});
  EXPECT_THAT(record.notes, ElementsAre(1, 2));
}

TEST_F(supervision, a_constructor_that_throws_counts_as_a_failure) {
  stage.run();
  record.on_make = [this] {
    if (record.made == 2) throw std::runtime_error("not yet");
  };
  fail();
  stage.advance(milliseconds{100});
  EXPECT_EQ(record.made, 2);
  EXPECT_EQ(stage.snapshot("probe").last_error, "not yet");
  stage.advance(milliseconds{200});
  EXPECT_EQ(record.made, 3);
  EXPECT_EQ(stage.snapshot("probe").state, ActorState::running);
}

TEST_F(supervision, gives_up_after_too_many_failures_and_says_so) {
  for (int i = 0; i < 4; ++i) {
    fail();
    stage.advance(seconds{1});
  }
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up.front().actor, "probe");
  EXPECT_EQ(given_up.front().error, "boom");
  EXPECT_EQ(given_up.front().restarts, 3U);
  EXPECT_EQ(probe.tell(Note{1}), SendResult::stopped);
  const ActorSnapshot after = stage.snapshot("probe");
  EXPECT_EQ(after.state, ActorState::failed);
  EXPECT_EQ(after.last_error, "boom");
  EXPECT_EQ(record.stops, 0) << "a broken actor is not asked to stop";
}

TEST_F(supervision, what_waits_when_it_gives_up_goes_to_dead_letters) {
  for (int i = 0; i < 3; ++i) {
    fail();
    stage.advance(seconds{1});
  }
  ASSERT_TRUE(taken(probe.tell(Do{[](Context&) { throw std::runtime_error("boom"); }})));
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  stage.run();
  EXPECT_EQ(
      stage.snapshot("probe").dead_letters[static_cast<std::size_t>(DeadLetterReason::failed)], 1U);
}

TEST_F(supervision, failures_of_one_actor_do_not_touch_another) {
  Record& other = stage.new_record();
  const auto sibling = stage.probe("sibling", other);
  fail();
  ASSERT_TRUE(taken(sibling.tell(Note{1})));
  stage.run();
  EXPECT_EQ(other.made, 1);
  EXPECT_THAT(other.notes, ElementsAre(1));
}

class keeping_state : public ::testing::Test {
 protected:
  void fail() {
    stage.in_turn(probe, [](Context&) { throw std::runtime_error("boom"); });
  }
  static SupervisionOptions keep() {
    SupervisionOptions options = plain;
    options.on_failure = OnFailure::keep_state;
    return options;
  }

  std::vector<Failure> given_up;
  Record record;
  Stage stage{{.on_give_up = [this](const Failure& failure) { given_up.push_back(failure); }}};
  ProbeAddress probe = stage.probe("probe", record, {.supervision = keep()});
};

TEST_F(keeping_state, only_the_message_that_failed_is_lost) {
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  ASSERT_TRUE(taken(probe.tell(Do{[](Context&) { throw std::runtime_error("boom"); }})));
  ASSERT_TRUE(taken(probe.tell(Note{2})));
  stage.run();
  EXPECT_EQ(record.made, 1);
  EXPECT_EQ(record.ended, 0);
  EXPECT_THAT(record.notes, ElementsAre(1, 2));
  const ActorSnapshot after = stage.snapshot("probe");
  EXPECT_EQ(after.state, ActorState::running);
  EXPECT_EQ(after.restarts, 1U);
  EXPECT_EQ(after.last_error, "boom");
}

TEST_F(keeping_state, timers_and_questions_survive) {
  Record answering;
  const auto answerer = stage.probe("answerer", stage.new_record());
  int fired = 0;
  std::vector<int> answers;
  Record& answers_given = stage.new_record();
  const auto back = stage.probe("back", answers_given);
  stage.in_turn(probe, [&](Context& context) {
    context.after(seconds{1}, [&] { ++fired; });
    context.every(seconds{1}, [&] {
      ++fired;
      if (fired == 2) throw std::runtime_error("in a timer");
    });
    context.ask(back, Question{1}, seconds{10},
                [&](const result::Result<int>& answer) { answers.push_back(*answer); });
  });
  fail();
  stage.advance(seconds{3});
  EXPECT_EQ(fired, 4);
  answers_given.questions.front().reply(7);
  stage.run();
  EXPECT_THAT(answers, ElementsAre(7));
  EXPECT_EQ(record.made, 1);
}

TEST_F(keeping_state, the_limits_hold) {
  for (int i = 0; i < 3; ++i) fail();
  EXPECT_TRUE(given_up.empty());
  fail();
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up.front().restarts, 3U);
  EXPECT_EQ(record.ended, 1);
  EXPECT_EQ(probe.tell(Note{1}), SendResult::stopped);
}

TEST_F(keeping_state, failures_far_apart_are_forgiven) {
  for (int i = 0; i < 20; ++i) {
    fail();
    stage.advance(seconds{30});
  }
  EXPECT_TRUE(given_up.empty());
  EXPECT_EQ(record.made, 1);
}

TEST_F(keeping_state, an_actor_that_was_never_made_is_made_anew) {
  Record& other = stage.new_record();
  other.on_make = [&other] {
    if (other.made == 1) throw std::runtime_error("not yet");
  };
  (void)stage.probe("other", other, {.supervision = keep()});
  stage.run();
  EXPECT_EQ(stage.snapshot("other").state, ActorState::restarting);
  stage.advance(milliseconds{100});
  EXPECT_EQ(other.made, 2);
  EXPECT_EQ(stage.snapshot("other").state, ActorState::running);
}

TEST_F(keeping_state, a_stopping_actor_handles_the_rest_after_a_failure) {
  ASSERT_TRUE(taken(probe.tell(Do{[](Context&) { throw std::runtime_error("boom"); }})));
  ASSERT_TRUE(taken(probe.tell(Note{2})));
  stage.runtime().stop(probe);
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(2));
  EXPECT_EQ(record.stops, 1);
  EXPECT_EQ(record.ended, 1);
}

/// top supervises middle, which supervises left and right.
class escalation : public ::testing::Test {
 protected:
  static void fail(Stage& stage, const ProbeAddress& actor, const char* error = "boom") {
    stage.in_turn(actor, [error](Context&) { throw std::runtime_error(error); });
  }
  /// Until it gives up: once more than it may.
  void break_down(const ProbeAddress& actor) {
    for (int i = 0; i < 4; ++i) {
      fail(stage, actor);
      if (i < 3) stage.advance(milliseconds{300});
    }
  }
  ActorState state(std::string_view name) { return stage.snapshot(name).state; }

  std::vector<Failure> given_up;
  std::vector<std::string> dead;
  Record top_record;
  Record middle_record;
  Record left_record;
  Record right_record;
  Stage stage{{.on_give_up = [this](const Failure& failure) { given_up.push_back(failure); }}};
  ProbeAddress top = stage.probe("top", top_record, {.supervision = plain});
  ProbeAddress middle =
      stage.probe("middle", middle_record, {.supervision = plain, .supervisor = top});
  ProbeAddress left =
      stage.probe("left", left_record, {.supervision = plain, .supervisor = middle});
  ProbeAddress right =
      stage.probe("right", right_record, {.supervision = plain, .supervisor = middle});
};

TEST_F(escalation, a_child_that_gives_up_fails_its_supervisor_and_comes_up_with_it) {
  break_down(left);
  EXPECT_EQ(state("left"), ActorState::escalated);
  EXPECT_EQ(state("middle"), ActorState::restarting);
  EXPECT_EQ(stage.snapshot("middle").last_error, "child left gave up: boom");
  EXPECT_TRUE(given_up.empty());
  ASSERT_TRUE(taken(left.tell(Note{5})));
  stage.run();
  EXPECT_TRUE(left_record.notes.empty());
  stage.advance(milliseconds{100});
  EXPECT_EQ(middle_record.made, 2);
  EXPECT_EQ(state("left"), ActorState::running);
  EXPECT_THAT(left_record.notes, ElementsAre(5)) << "messages waited";
  EXPECT_EQ(right_record.made, 1) << "a sibling that is well is left alone";
}

TEST_F(escalation, the_child_has_fresh_limits) {
  break_down(left);
  stage.advance(milliseconds{100});
  for (int i = 0; i < 3; ++i) {
    fail(stage, left);
    EXPECT_EQ(state("left"), ActorState::restarting);
    stage.advance(milliseconds{300});
  }
  fail(stage, left);
  EXPECT_EQ(state("left"), ActorState::escalated);
}

TEST_F(escalation, a_supervisor_that_gives_up_takes_its_children_down_and_up_again) {
  // Each failure of left costs middle one of its three lives.
  for (int i = 0; i < 4; ++i) {
    break_down(left);
    if (i < 3) stage.advance(seconds{1});
  }
  EXPECT_EQ(state("middle"), ActorState::escalated);
  EXPECT_EQ(state("right"), ActorState::escalated) << "taken down though it was well";
  EXPECT_EQ(state("top"), ActorState::restarting);
  EXPECT_EQ(stage.snapshot("top").last_error, "child middle gave up: child left gave up: boom");
  stage.advance(milliseconds{100});
  for (const char* name : {"top", "middle", "left", "right"}) {
    EXPECT_EQ(state(name), ActorState::running) << name;
  }
  EXPECT_EQ(right_record.made, 2);
  EXPECT_TRUE(given_up.empty());
}

TEST_F(escalation, at_the_root_all_end_and_the_owner_of_the_runtime_hears_once) {
  Record& watching = stage.new_record();
  const auto watcher = stage.probe("watcher", watching);
  stage.in_turn(watcher, [&](Context& context) {
    for (const auto& actor : {left, right, middle}) {
      context.watch(actor, [this](const DeathNotice& notice) {
        EXPECT_TRUE(notice.failed);
        dead.push_back(notice.actor);
      });
    }
  });
  break_down(top);
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up.front().actor, "top");
  EXPECT_FALSE(given_up.front().escalated);
  stage.run();
  for (const char* name : {"top", "middle", "left", "right"}) {
    EXPECT_EQ(state(name), ActorState::failed) << name;
  }
  EXPECT_THAT(dead, ::testing::UnorderedElementsAre("left", "right", "middle"));
  EXPECT_EQ(left.tell(Note{1}), SendResult::stopped);
  EXPECT_EQ(stage.snapshot("right").last_error, "Its supervisor gave up.");
}

TEST_F(escalation, the_owner_hears_that_the_failure_came_from_below) {
  const auto root = stage.probe("root", stage.new_record(), {.supervision = {.max_restarts = 0}});
  const auto child = stage.probe("child", stage.new_record(),
                                 {.supervision = {.max_restarts = 0}, .supervisor = root});
  fail(stage, child, "broken disk");
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up.front().actor, "root");
  EXPECT_EQ(given_up.front().error, "child child gave up: broken disk");
  EXPECT_TRUE(given_up.front().escalated);
  EXPECT_EQ(state("child"), ActorState::failed);
}

TEST_F(escalation, a_supervisor_that_keeps_its_state_brings_the_child_up_at_once) {
  SupervisionOptions keep = plain;
  keep.on_failure = OnFailure::keep_state;
  Record& keeper_record = stage.new_record();
  Record& child_record = stage.new_record();
  const auto keeper = stage.probe("keeper", keeper_record, {.supervision = keep});
  const auto child = stage.probe("child", child_record,
                                 {.supervision = {.max_restarts = 0}, .supervisor = keeper});
  for (int i = 0; i < 3; ++i) fail(stage, child);
  EXPECT_EQ(keeper_record.made, 1);
  EXPECT_EQ(child_record.made, 4);
  EXPECT_EQ(state("child"), ActorState::running);
  fail(stage, child);
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_TRUE(given_up.front().escalated);
}

TEST_F(escalation, without_a_living_supervisor_a_child_that_gives_up_ends) {
  stage.runtime().stop(middle);
  stage.run();
  EXPECT_EQ(state("left"), ActorState::running) << "a supervisor that stops leaves its children";
  break_down(left);
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up.front().actor, "left");
  EXPECT_EQ(state("left"), ActorState::failed);
  EXPECT_EQ(state("right"), ActorState::running);
}

TEST_F(escalation, a_child_that_waits_when_its_supervisor_stops_ends) {
  break_down(left);
  ASSERT_EQ(state("left"), ActorState::escalated);
  stage.runtime().stop(middle);
  stage.run();
  EXPECT_EQ(state("left"), ActorState::failed);
  ASSERT_EQ(given_up.size(), 1U);
}

TEST_F(escalation, a_child_that_waits_can_be_stopped) {
  break_down(left);
  stage.runtime().stop(left);
  stage.run();
  EXPECT_EQ(left.tell(Note{1}), SendResult::stopped);
  stage.advance(seconds{1});
  EXPECT_EQ(left_record.made, 4);
  EXPECT_EQ(state("middle"), ActorState::running);
}

TEST_F(escalation, a_family_shuts_down_cleanly) {
  break_down(left);
  EXPECT_TRUE(stage.runtime().shutdown(seconds{5}).clean);
}

TEST_F(escalation, a_supervisor_of_another_runtime_is_refused) {
  Stage other;
  Record foreign;
  EXPECT_THROW((void)other.runtime().reserve<ProbeProtocol>("foreign", {.supervisor = top}),
               std::logic_error);
}

}  // namespace
}  // namespace hts::runtime::test
