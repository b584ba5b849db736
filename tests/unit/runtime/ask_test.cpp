#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using result::ErrorCode;
using result::Result;

class ask : public ::testing::Test {
 protected:
  /// Asks from a turn of `asker`; the answer goes to `answers`.
  void ask_now(int value, Duration deadline = seconds{1}) {
    stage.in_turn(asker, [this, value, deadline](Context& context) {
      context.ask(answerer, Question{value}, deadline,
                  [this](Result<int> answer) { answers.push_back(std::move(answer)); });
    });
  }

  std::vector<Result<int>> answers;
  Record asking;
  Record answering;
  Stage stage;
  ProbeAddress asker = stage.probe("asker", asking);
  ProbeAddress answerer = stage.probe("answerer", answering, {.mailbox = {.capacity = 2}});
};

TEST_F(ask, gets_its_answer_in_a_later_turn) {
  ask_now(20);
  ASSERT_EQ(answering.questions.size(), 1U);
  EXPECT_EQ(answering.questions.front().query.value, 20);
  answering.questions.front().reply(21);
  EXPECT_TRUE(answers.empty()) << "the callback never runs inside the reply";
  stage.run();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(*answers.front(), 21);
}

TEST_F(ask, gets_an_error_that_was_answered) {
  ask_now(1);
  answering.questions.front().reply(result::make_error(ErrorCode::not_found, "No such run."));
  stage.run();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::not_found);
}

TEST_F(ask, without_an_answer_times_out_at_its_deadline_and_not_before) {
  ask_now(1, milliseconds{500});
  stage.advance(milliseconds{499});
  EXPECT_TRUE(answers.empty());
  stage.advance(milliseconds{1});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::timed_out);
  EXPECT_THAT(answers.front().error().message, ::testing::HasSubstr("answerer"));
}

TEST_F(ask, an_answer_after_the_deadline_is_dropped) {
  ask_now(1, milliseconds{500});
  stage.advance(seconds{1});
  answering.questions.front().reply(1);
  stage.run();
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(ask, a_second_answer_is_ignored) {
  ask_now(1);
  auto& question = answering.questions.front();
  EXPECT_TRUE(question.reply.pending());
  question.reply(1);
  EXPECT_FALSE(question.reply.pending());
  question.reply(2);
  stage.run();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(*answers.front(), 1);
}

TEST_F(ask, a_forgotten_question_is_answered_at_once_as_unavailable) {
  ask_now(1);
  answering.questions.clear();
  stage.run();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::unavailable);
}

TEST_F(ask, a_full_mailbox_is_answered_as_unavailable_in_a_later_turn) {
  stage.in_turn(asker, [this](Context& context) {
    for (int i = 0; i < 3; ++i) {
      context.ask(answerer, Question{i}, seconds{1},
                  [this](Result<int> answer) { answers.push_back(std::move(answer)); });
    }
    EXPECT_TRUE(answers.empty());
  });
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::unavailable);
  EXPECT_EQ(answering.questions.size(), 2U);
}

TEST_F(ask, one_who_has_stopped_is_answered_as_unavailable) {
  stage.runtime().stop(answerer);
  stage.run();
  ask_now(1);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::unavailable);
}

TEST_F(ask, when_the_asker_restarts_its_callback_is_dropped) {
  ask_now(1);
  stage.in_turn(asker, [](Context&) { throw std::runtime_error("bad day"); });
  answering.questions.front().reply(1);
  stage.advance(seconds{10});
  EXPECT_EQ(asking.made, 2);
  EXPECT_TRUE(answers.empty());
}

TEST_F(ask, an_answer_to_an_asker_that_ended_is_harmless) {
  ask_now(1);
  stage.in_turn(asker, [](Context& context) { context.stop_self(); });
  asker = {};
  answering.questions.front().reply(1);
  stage.run();
  EXPECT_TRUE(answers.empty());
}

TEST_F(ask, a_reply_can_be_handed_on_as_the_callback_of_another_question) {
  Record& backing = stage.new_record();
  const auto back = stage.probe("back", backing);
  ask_now(1);
  stage.in_turn(answerer, [&](Context& context) {
    context.ask(back, Question{2}, seconds{1}, std::move(answering.questions.front().reply));
  });
  backing.questions.front().reply(42);
  stage.run();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(*answers.front(), 42);
}

TEST_F(ask, from_outside_is_answered_like_from_an_actor) {
  std::optional<Result<int>> answer;
  stage.runtime().ask(answerer, Question{5}, seconds{1},
                      [&](Result<int> result) { answer.emplace(std::move(result)); });
  stage.run();
  answering.questions.front().reply(6);
  stage.run();
  ASSERT_TRUE(answer);
  EXPECT_EQ(**answer, 6);
}

TEST_F(ask, from_outside_times_out_too) {
  std::optional<Result<int>> answer;
  stage.runtime().ask(answerer, Question{5}, seconds{2},
                      [&](Result<int> result) { answer.emplace(std::move(result)); });
  stage.advance(seconds{2});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::timed_out);
}

TEST_F(ask, from_outside_after_the_shutdown_is_refused_at_once) {
  (void)stage.runtime().shutdown(seconds{1});
  std::optional<Result<int>> answer;
  stage.runtime().ask(answerer, Question{5}, seconds{2},
                      [&](Result<int> result) { answer.emplace(std::move(result)); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::unavailable);
}

TEST_F(ask, what_a_callback_from_outside_throws_harms_nobody) {
  int answered = 0;
  for (int i = 0; i < 2; ++i) {
    stage.runtime().ask(answerer, Question{5}, seconds{2}, [&](const Result<int>&) {
      ++answered;
      throw std::runtime_error("bad callback");
    });
  }
  stage.run();
  for (auto& question : answering.questions) question.reply(1);
  stage.run();
  EXPECT_EQ(answered, 2);
}

TEST_F(ask, a_cancelled_question_is_never_answered_and_its_callback_dies_at_once) {
  auto alive = std::make_shared<int>(0);
  AskId id;
  stage.in_turn(asker, [&](Context& context) {
    id = context.ask(answerer, Question{1}, seconds{1},
                     [this, alive](Result<int> answer) { answers.push_back(std::move(answer)); });
  });
  EXPECT_EQ(alive.use_count(), 2);
  stage.in_turn(asker, [&](Context& context) {
    EXPECT_TRUE(context.cancel(id));
    EXPECT_FALSE(context.cancel(id));
  });
  EXPECT_EQ(alive.use_count(), 1);
  answering.questions.front().reply(1);
  stage.advance(seconds{2});
  EXPECT_TRUE(answers.empty());
}

TEST_F(ask, cancelling_after_the_answer_came_home_does_nothing_to_another_question) {
  AskId id;
  stage.in_turn(asker, [&](Context& context) {
    id = context.ask(answerer, Question{1}, seconds{1}, [](const Result<int>&) {});
  });
  answering.questions.front().reply(1);
  stage.run();
  answering.questions.clear();
  ask_now(2);
  stage.in_turn(asker, [&](Context& context) { EXPECT_FALSE(context.cancel(id)); });
  answering.questions.front().reply(2);
  stage.run();
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(ask, an_answer_on_its_way_home_is_dropped_by_a_cancel) {
  AskId id;
  stage.in_turn(asker, [&](Context& context) {
    id = context.ask(answerer, Question{1}, seconds{1},
                     [this](Result<int> answer) { answers.push_back(std::move(answer)); });
  });
  stage.in_turn(asker, [&](Context& context) {
    answering.questions.front().reply(1);
    EXPECT_TRUE(context.cancel(id));
  });
  EXPECT_TRUE(answers.empty());
}

TEST_F(ask, a_stopping_actor_does_not_wait_for_a_question_that_it_cancelled) {
  AskId id;
  stage.in_turn(asker, [&](Context& context) {
    id = context.ask(answerer, Question{1}, seconds{100}, [](const Result<int>&) {});
    context.ask(answerer, Question{2}, seconds{1},
                [&](const Result<int>&) { EXPECT_TRUE(context.cancel(id)); });
  });
  stage.runtime().stop(asker);
  stage.run();
  EXPECT_EQ(asking.ended, 0);
  stage.advance(seconds{1});
  EXPECT_EQ(asking.ended, 1);
}

TEST_F(ask, an_answer_is_wanted_until_the_asker_cancels) {
  AskId id;
  stage.in_turn(asker, [&](Context& context) {
    id = context.ask(answerer, Question{1}, seconds{1}, [](const Result<int>&) {});
  });
  EXPECT_TRUE(answering.questions.front().reply.wanted());
  stage.in_turn(asker, [&](Context& context) { (void)context.cancel(id); });
  EXPECT_FALSE(answering.questions.front().reply.wanted());
}

TEST_F(ask, an_answer_is_wanted_until_the_asker_times_out) {
  ask_now(1, seconds{1});
  stage.advance(milliseconds{999});
  EXPECT_TRUE(answering.questions.front().reply.wanted());
  stage.advance(milliseconds{1});
  EXPECT_FALSE(answering.questions.front().reply.wanted());
}

TEST_F(ask, an_answer_is_wanted_until_the_asker_restarts_or_ends) {
  ask_now(1);
  stage.in_turn(asker, [](Context&) { throw std::runtime_error("bad day"); });
  EXPECT_FALSE(answering.questions.front().reply.wanted());
  stage.advance(seconds{1});
  answering.questions.clear();
  ask_now(2);
  EXPECT_TRUE(answering.questions.front().reply.wanted());
  stage.in_turn(asker, [](Context& context) { context.stop_self(); });
  EXPECT_FALSE(answering.questions.front().reply.wanted());
}

TEST_F(ask, an_answer_is_wanted_once) {
  ask_now(1);
  auto& reply = answering.questions.front().reply;
  EXPECT_TRUE(reply.wanted());
  reply(1);
  EXPECT_FALSE(reply.wanted());
}

TEST_F(ask, whoever_should_answer_is_told_once_when_nobody_waits) {
  int told = 0;
  ask_now(1, seconds{1});
  stage.in_turn(answerer, [&](Context& context) {
    const auto& reply = answering.questions.front().reply;
    context.when_unwanted(reply, [&] { ++told; });
    context.when_unwanted(reply, [&] { ++told; });
  });
  EXPECT_EQ(told, 0);
  stage.advance(seconds{1});
  EXPECT_EQ(told, 2) << "each listener once";
  stage.in_turn(answerer, [&](Context& context) {
    context.when_unwanted(answering.questions.front().reply, [&] { ++told; });
    EXPECT_EQ(told, 2) << "never inside the call";
  });
  EXPECT_EQ(told, 3) << "at once when it is so already";
  answering.questions.clear();
  stage.run();
  EXPECT_EQ(told, 3);
}

TEST_F(ask, nobody_is_told_of_a_question_that_was_answered_or_forgotten) {
  int told = 0;
  for (const bool answered : {true, false}) {
    ask_now(1, seconds{1});
    stage.in_turn(answerer, [&](Context& context) {
      context.when_unwanted(answering.questions.front().reply, [&] { ++told; });
      if (answered) answering.questions.front().reply(1);
      answering.questions.clear();
    });
    stage.advance(seconds{2});
  }
  EXPECT_EQ(told, 0);
}

TEST_F(ask, a_listener_that_restarts_is_not_told) {
  int told = 0;
  ask_now(1, seconds{1});
  stage.in_turn(answerer, [&](Context& context) {
    context.when_unwanted(answering.questions.front().reply, [&] { ++told; });
    throw std::runtime_error("bad day");
  });
  stage.advance(seconds{2});
  EXPECT_EQ(told, 0);
}

TEST_F(ask, from_outside_can_be_taken_back) {
  std::vector<Result<int>> outcomes;
  const AskHandle handle =
      stage.runtime().ask(answerer, Question{5}, seconds{2},
                          [&](Result<int> result) { outcomes.push_back(std::move(result)); });
  stage.run();
  EXPECT_TRUE(answering.questions.front().reply.wanted());
  handle.cancel();
  AskHandle(handle).cancel();
  stage.run();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes.front().error().code, ErrorCode::cancelled);
  EXPECT_FALSE(answering.questions.front().reply.wanted());
  answering.questions.front().reply(6);
  stage.advance(seconds{3});
  EXPECT_EQ(outcomes.size(), 1U);
}

TEST_F(ask, from_outside_can_be_taken_back_before_it_is_on_its_way) {
  std::vector<Result<int>> outcomes;
  stage.runtime()
      .ask(answerer, Question{5}, seconds{2},
           [&](Result<int> result) { outcomes.push_back(std::move(result)); })
      .cancel();
  stage.run();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes.front().error().code, ErrorCode::cancelled);
}

TEST_F(ask, from_outside_taken_back_too_late_has_its_answer) {
  std::vector<Result<int>> outcomes;
  const AskHandle handle =
      stage.runtime().ask(answerer, Question{5}, seconds{2},
                          [&](Result<int> result) { outcomes.push_back(std::move(result)); });
  stage.run();
  answering.questions.front().reply(6);
  stage.run();
  handle.cancel();
  AskHandle().cancel();
  stage.run();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes.front().ok());
  (void)stage.runtime().shutdown(seconds{1});
  handle.cancel();
}

TEST(ask_on_threads, cancels_and_answers_that_race_each_leave_one_outcome) {
  struct Slot {
    std::atomic<int> outcomes{0};
    AskHandle handle;
  };
  constexpr int count = 2000;
  std::vector<Slot> slots(count);
  std::atomic<int> told{0};
  std::promise<void> done;
  std::atomic<int> left{count};
  Record record;
  Runtime runtime({.threads = 3});
  const auto answerer = runtime.spawn<Probe>(
      "answerer", {.mailbox = {.capacity = 4096}},
      [&](Context& context) { return std::make_unique<Probe>(context, record); });
  ASSERT_TRUE(runtime.start().ok());
  for (Slot& slot : slots) {
    slot.handle = runtime.ask(answerer, Question{1}, seconds{60}, [&](const Result<int>&) {
      ++slot.outcomes;
      if (--left == 0) done.set_value();
    });
  }
  std::thread canceller([&] {
    for (Slot& slot : slots) slot.handle.cancel();
  });
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(taken(answerer.tell(Do{[&](Context& context) {
      for (auto& question : record.questions) {
        context.when_unwanted(question.reply, [&] { ++told; });
        context.offload(
            runtime.lane("lane", 2, count), [] { return 1; }, std::move(question.reply));
      }
      record.questions.clear();
    }})));
  }
  canceller.join();
  std::promise<void> cleared;
  ASSERT_TRUE(taken(answerer.tell(Do{[&](Context&) {
    record.questions.clear();
    cleared.set_value();
  }})));
  cleared.get_future().get();
  done.get_future().get();
  (void)runtime.shutdown(seconds{5});
  for (const Slot& slot : slots) EXPECT_EQ(slot.outcomes, 1);
}

}  // namespace
}  // namespace hts::runtime::test
