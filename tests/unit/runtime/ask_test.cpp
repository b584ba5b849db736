#include <optional>
#include <string>

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

}  // namespace
}  // namespace hts::runtime::test
