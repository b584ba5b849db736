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

}  // namespace
}  // namespace hts::runtime::test
