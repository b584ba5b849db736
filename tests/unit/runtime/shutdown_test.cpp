#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using result::Result;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Writes down when it is asked to stop.
class Member : public Actor<Member, Protocol<Note>> {
 public:
  Member(Context& context, std::vector<std::string>& story, Address<Protocol<Note>> next)
      : context_(context), story_(story), next_(std::move(next)) {}

  void on(const Note& note) {
    story_.push_back(context_.name() + " handles " + std::to_string(note.value));
    if (next_) {
      EXPECT_TRUE(taken(next_.tell(note)));
    }
  }
  void on_stop() { story_.push_back(context_.name() + " stops"); }

 private:
  Context& context_;
  std::vector<std::string>& story_;
  Address<Protocol<Note>> next_;
};

TEST(shutdown, goes_phase_by_phase_and_loses_nothing_that_is_under_way) {
  std::vector<std::string> story;
  Stage stage;
  const auto spawn = [&](const std::string& name, int phase, const Address<Protocol<Note>>& next) {
    return stage.runtime().spawn<Member>(name, {.shutdown_phase = phase},
                                         [&story, next](Context& context) {
                                           return std::make_unique<Member>(context, story, next);
                                         });
  };
  const auto store = spawn("store", 2, {});
  const auto strategy = spawn("strategy", 1, store);
  const auto feed = spawn("feed", 0, strategy);
  ASSERT_TRUE(taken(feed.tell(Note{1})));
  const ShutdownReport report = stage.runtime().shutdown(seconds{5});
  EXPECT_TRUE(report.clean);
  EXPECT_THAT(report.survivors, IsEmpty());
  EXPECT_THAT(story, ElementsAre("feed handles 1", "feed stops", "strategy handles 1",
                                 "strategy stops", "store handles 1", "store stops"));
}

TEST(shutdown, waits_for_questions_that_are_being_answered) {
  Record asking;
  Record answering;
  Stage stage;
  const auto asker = stage.probe("asker", asking, {.shutdown_phase = 0});
  const auto answerer = stage.probe("answerer", answering, {.shutdown_phase = 1});
  std::optional<Result<int>> answer;
  stage.in_turn(asker, [&](Context& context) {
    context.ask(answerer, Question{1}, seconds{10},
                [&](Result<int> result) { answer.emplace(std::move(result)); });
  });
  stage.in_turn(answerer, [&](Context& context) {
    context.after(seconds{2}, [&] { answering.questions.front().reply(7); });
  });
  EXPECT_TRUE(stage.runtime().shutdown(seconds{5}).clean);
  ASSERT_TRUE(answer);
  EXPECT_EQ(**answer, 7);
}

TEST(shutdown, a_question_from_outside_that_is_under_way_gets_its_answer) {
  Record answering;
  Stage stage;
  const auto answerer = stage.probe("answerer", answering);
  std::optional<Result<int>> answer;
  stage.runtime().ask(answerer, Question{1}, seconds{10},
                      [&](Result<int> result) { answer.emplace(std::move(result)); });
  stage.run();
  Lane& lane = stage.runtime().lane("compute");
  ASSERT_TRUE(taken(answerer.tell(Do{[&](Context& context) {
    context.offload(lane, [] { return 12; }, std::move(answering.questions.front().reply));
  }})));
  EXPECT_TRUE(stage.runtime().shutdown(seconds{5}).clean);
  ASSERT_TRUE(answer);
  EXPECT_EQ(**answer, 12);
}

TEST(shutdown, at_the_deadline_names_those_it_had_to_force_the_first_phase_first) {
  Record stuck;
  Record silent;
  Stage stage;
  const auto holder = stage.probe("holder", silent, {.shutdown_phase = 1});
  const auto asker = stage.probe("asker", stuck);
  bool answered = false;
  stage.in_turn(asker, [&](Context& context) {
    context.ask(holder, Question{1}, seconds{60}, [&](const Result<int>&) { answered = true; });
  });
  const ShutdownReport report = stage.runtime().shutdown(seconds{5});
  EXPECT_FALSE(report.clean);
  EXPECT_THAT(report.forced, ElementsAre("asker", "holder"));
  EXPECT_THAT(report.survivors, IsEmpty());
  EXPECT_FALSE(answered);
  EXPECT_EQ(stuck.ended + silent.ended, 2);
}

TEST(shutdown, an_actor_that_waits_for_its_restart_does_not_hold_it_up) {
  Record record;
  Stage stage;
  const auto probe = stage.probe(
      "probe", record,
      {.supervision = {.initial_backoff = seconds{3600}, .max_backoff = seconds{3600}}});
  stage.in_turn(probe, [](Context&) { throw std::runtime_error("hiccup"); });
  EXPECT_TRUE(stage.runtime().shutdown(seconds{5}).clean);
}

TEST(shutdown, an_actor_reserved_and_never_started_ends_too) {
  Stage stage;
  const auto reserved = stage.runtime().reserve<ProbeProtocol>("reserved");
  ASSERT_TRUE(taken(reserved.tell(Note{1})));
  EXPECT_TRUE(stage.runtime().shutdown(seconds{5}).clean);
  EXPECT_EQ(reserved.tell(Note{2}), SendResult::stopped);
}

TEST(shutdown, one_who_is_spawned_too_late_ends_at_once) {
  Record first;
  Record late;
  Stage stage;
  const auto probe = stage.probe("probe", first);
  stage.run();
  EXPECT_TRUE(stage.runtime().shutdown(seconds{1}).clean);
  const auto too_late = stage.probe("late", late);
  stage.run();
  EXPECT_EQ(too_late.tell(Note{1}), SendResult::stopped);
}

TEST(shutdown, a_second_call_reports_the_same) {
  Record record;
  Stage stage;
  const auto probe = stage.probe("probe", record);
  EXPECT_TRUE(stage.runtime().shutdown(seconds{1}).clean);
  EXPECT_TRUE(stage.runtime().shutdown(seconds{1}).clean);
  EXPECT_EQ(record.stops, 1);
}

TEST(shutdown, on_threads_names_the_actor_that_is_stuck_in_a_handler) {
  Record record;
  std::promise<void> entered;
  std::promise<void> release;
  auto released = release.get_future().share();
  {
    Runtime runtime({.threads = 2});
    const auto probe = runtime.spawn<Probe>(
        "stuck", {}, [&](Context& context) { return std::make_unique<Probe>(context, record); });
    ASSERT_TRUE(runtime.start().ok());
    ASSERT_TRUE(taken(probe.tell(Do{[&](Context&) {
      entered.set_value();
      released.wait();
    }})));
    ASSERT_TRUE(taken(probe.tell(Note{1})));
    entered.get_future().wait();
    const ShutdownReport report = runtime.shutdown(milliseconds{1});
    EXPECT_FALSE(report.clean);
    EXPECT_THAT(report.forced, ElementsAre("stuck"));
    EXPECT_THAT(report.survivors, ElementsAre("stuck"));
    release.set_value();
  }
  EXPECT_EQ(record.ended, 1) << "the destructor waits for the handler and ends its actor";
  EXPECT_THAT(record.notes, IsEmpty());
}

TEST(shutdown, an_ended_actor_lets_go_of_its_factory) {
  // A supervisor's factory often holds the addresses of its children, who hold the supervisor's.
  auto held = std::make_shared<int>(1);
  Record record;
  Stage stage;
  const auto probe = stage.runtime().spawn<Probe>("probe", {}, [held, &record](Context& context) {
    return std::make_unique<Probe>(context, record);
  });
  stage.run();
  EXPECT_GT(held.use_count(), 1);
  stage.runtime().stop(probe);
  stage.run();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace hts::runtime::test
