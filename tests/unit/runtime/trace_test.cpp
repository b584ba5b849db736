#include "engine/runtime/trace.hpp"

#include <atomic>
#include <future>
#include <map>

#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

constexpr TraceId request = 0xabc;
constexpr TraceId other_request = 0xdef;

/// Remembers the trace of each line of the log.
struct TracedLines {
  std::multimap<std::string, TraceId> lines;

  RuntimeOptions options() {
    RuntimeOptions options;
    options.log = [this](const LogRecord& record) {
      lines.emplace(std::string(record.text), record.trace);
    };
    return options;
  }
  [[nodiscard]] TraceId of(const std::string& text) const {
    const auto found = lines.find(text);
    return found == lines.end() ? ~TraceId{0} : found->second;
  }
};

void say(Context& context, std::string_view text) {
  context.log(LogLevel::info, text);
}

class Trace : public ::testing::Test {
 protected:
  TracedLines log;
  Record asking;
  Record answering;
  Stage stage{log.options()};
  ProbeAddress asker = stage.probe("asker", asking);
  ProbeAddress answerer = stage.probe("answerer", answering);

  void in_turn_of_request(std::function<void(Context&)> what, TraceId trace = request) {
    const TraceScope scope(trace);
    stage.in_turn(asker, std::move(what));
  }
};

TEST(TraceScope, lasts_until_its_end) {
  EXPECT_EQ(current_trace(), 0U);
  {
    const TraceScope outer(1);
    {
      const TraceScope inner(2);
      EXPECT_EQ(current_trace(), 2U);
    }
    EXPECT_EQ(current_trace(), 1U);
  }
  EXPECT_EQ(current_trace(), 0U);
}

TEST(TraceId, follows_from_the_request_id_alone) {
  EXPECT_EQ(trace_of("abc-1"), trace_of("abc-1"));
  EXPECT_NE(trace_of("abc-1"), trace_of("abc-2"));
  EXPECT_NE(trace_of(""), 0U);
  EXPECT_EQ(trace_text(0xabc), "0000000000000abc");
}

TEST_F(Trace, travels_from_message_to_message_and_into_the_log) {
  in_turn_of_request([&](Context& first) {
    say(first, "first");
    EXPECT_EQ(first.trace(), request);
    EXPECT_TRUE(taken(answerer.tell(Do{[](Context& second) { say(second, "second"); }})));
  });
  EXPECT_EQ(log.of("first"), request);
  EXPECT_EQ(log.of("second"), request);
}

TEST_F(Trace, of_one_message_does_not_leak_into_the_next) {
  const auto note_trace = [](Context& context) { say(context, std::to_string(context.trace())); };
  {
    const TraceScope scope(7);
    ASSERT_TRUE(taken(asker.tell(Do{note_trace})));
  }
  ASSERT_TRUE(taken(asker.tell(Do{note_trace})));
  {
    const TraceScope scope(8);
    ASSERT_TRUE(taken(asker.tell(Do{note_trace})));
  }
  stage.run();
  EXPECT_EQ(log.of("7"), 7U);
  EXPECT_EQ(log.of("0"), 0U);
  EXPECT_EQ(log.of("8"), 8U);
  EXPECT_EQ(current_trace(), 0U);
}

TEST_F(Trace, of_a_question_comes_back_with_its_answer_whoever_answers) {
  in_turn_of_request([&](Context& context) {
    context.ask(answerer, Question{1}, seconds{1},
                [&](const result::Result<int>&) { say(context, "answered"); });
  });
  const TraceScope another(other_request);
  answering.questions.front().reply(1);
  stage.run();
  EXPECT_EQ(log.of("answered"), request);
}

TEST_F(Trace, of_a_question_is_there_when_it_times_out) {
  in_turn_of_request([&](Context& context) {
    context.ask(answerer, Question{1}, seconds{1},
                [&](const result::Result<int>&) { say(context, "timed out"); });
  });
  stage.advance(seconds{2});
  EXPECT_EQ(log.of("timed out"), request);
}

TEST_F(Trace, of_a_timer_is_that_under_which_it_was_set) {
  in_turn_of_request([&](Context& context) {
    context.after(seconds{1}, [&context] { say(context, "once"); });
    context.every(seconds{2}, [&context] { say(context, "again"); });
  });
  in_turn_of_request(
      [&](Context& context) {
        context.after(seconds{1}, [&context] { say(context, "another's"); });
      },
      other_request);
  stage.advance(seconds{4});
  EXPECT_EQ(log.of("once"), request);
  EXPECT_EQ(log.of("another's"), other_request);
  EXPECT_EQ(log.lines.count("again"), 2U);
  EXPECT_EQ(log.of("again"), request);
}

TEST_F(Trace, goes_with_work_to_a_lane_and_back) {
  TraceId in_lane = 0;
  in_turn_of_request([&](Context& context) {
    context.offload(
        stage.runtime().lane("lane"), [&] { in_lane = current_trace(); },
        [&](const result::Status&) { say(context, "done"); });
  });
  EXPECT_EQ(in_lane, request);
  EXPECT_EQ(log.of("done"), request);
}

TEST_F(Trace, of_a_watch_and_of_a_wait_for_room_is_the_waiters) {
  in_turn_of_request([&](Context& context) {
    context.watch(answerer, [&](const DeathNotice&) { say(context, "dead"); });
    context.when_room(answerer, [&] { say(context, "room"); });
  });
  stage.runtime().stop(answerer);
  stage.run();
  EXPECT_EQ(log.of("dead"), request);
  EXPECT_EQ(log.of("room"), request);
}

TEST_F(Trace, of_a_question_from_outside_reaches_the_actor_and_the_callback) {
  TraceId at_callback = 0;
  {
    const TraceScope scope(request);
    stage.runtime().ask(answerer, Question{1}, seconds{1},
                        [&](const result::Result<int>&) { at_callback = current_trace(); });
  }
  stage.run();
  ASSERT_EQ(answering.questions.size(), 1U);
  answering.questions.front().reply(1);
  stage.run();
  EXPECT_EQ(at_callback, request);
}

TEST_F(Trace, stands_in_the_line_that_tells_of_a_failure) {
  in_turn_of_request([](Context&) { throw std::runtime_error("boom"); });
  EXPECT_EQ(log.of("A handler failed: boom"), request);
  stage.advance(seconds{1});
  ASSERT_EQ(asking.made, 2);
  in_turn_of_request([](Context& context) {
    context.after(seconds{1}, [] { throw std::runtime_error("late"); });
  });
  stage.advance(seconds{1});
  EXPECT_EQ(log.of("A handler failed: late"), request);
}

TEST_F(Trace, survives_a_mailbox_that_moves_its_messages) {
  const auto keeping = stage.probe("keeping", stage.new_record(),
                                   {.mailbox = {.capacity = 1, .overflow = Overflow::drop_oldest}});
  const auto send = [&](TraceId trace) {
    const TraceScope scope(trace);
    (void)keeping.tell(Do{[](Context& context) { say(context, "kept"); }});
  };
  send(other_request);
  send(request);
  stage.run();
  EXPECT_EQ(log.lines.count("kept"), 1U);
  EXPECT_EQ(log.of("kept"), request);
}

TEST_F(Trace, goes_with_each_message_of_a_burst) {
  std::vector<Do> burst(3, Do{[](Context& context) { say(context, "burst"); }});
  {
    const TraceScope scope(request);
    ASSERT_EQ(asker.send_n(std::span(burst)).accepted, 3U);
  }
  stage.run();
  EXPECT_EQ(log.lines.count("burst"), 3U);
  for (const auto& [text, trace] : log.lines) EXPECT_EQ(trace, request) << text;
}

TEST(TraceOnThreads, belongs_to_each_request_while_many_run_at_once) {
  constexpr TraceId requests = 200;
  std::atomic<int> wrong{0};
  std::atomic<TraceId> left{requests};
  std::promise<void> done;
  Record front_record;
  Record back_record;
  Runtime runtime({.threads = 4});
  const auto probe = [&](const char* name, Record& record) {
    return runtime.spawn<Probe>(
        name, {}, [&record](Context& context) { return std::make_unique<Probe>(context, record); });
  };
  const auto front = probe("front", front_record);
  const auto back = probe("back", back_record);
  ASSERT_TRUE(runtime.start().ok());
  for (TraceId trace = 1; trace <= requests; ++trace) {
    const auto check = [&, trace] { wrong += current_trace() == trace ? 0 : 1; };
    const TraceScope scope(trace);
    ASSERT_TRUE(taken(front.tell(Do{[&, check](Context& context) {
      check();
      EXPECT_TRUE(taken(back.tell(Do{[&, check](Context&) { check(); }})));
      context.offload(runtime.lane("lane", 2), check, [&, check](const result::Status&) {
        check();
        if (--left == 0) done.set_value();
      });
    }})));
  }
  done.get_future().get();
  (void)runtime.shutdown(seconds{5});
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace hts::runtime::test
