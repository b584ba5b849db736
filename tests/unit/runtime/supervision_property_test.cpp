#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "stage.hpp"

// Actors under random operations in virtual time: messages, questions, timers, failures, stops.
namespace hts::runtime::test {
namespace {

constexpr std::size_t probes = 4;

struct Told {
  std::vector<int> accepted;  ///< notes, in the order sent
  std::uint64_t accepted_tasks = 0;
  std::uint64_t tasks_run = 0;
  int failures = 0;
};

struct Asked {
  std::size_t asker = 0;
  int failures = 0;  ///< of the asker before it asked
  int answers = 0;
};

/// One life of a runtime by the dice of one seed.
void live(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 dice(seed);
  std::array<Record, probes> records;
  std::array<Told, probes> told;
  std::deque<Asked> asked;
  std::deque<int> asked_outside;
  std::uint64_t timers_set = 0;
  std::uint64_t timers_rung = 0;
  int note = 0;
  std::array<ProbeAddress, probes> addresses;
  {
    Stage stage;
    for (std::size_t i = 0; i < probes; ++i) {
      const auto overflow = static_cast<Overflow>(dice() % 3);  // wait, reject, drop_oldest
      addresses[i] =
          stage.probe("probe-" + std::to_string(i), records[i],
                      {.mailbox = {.capacity = std::size_t{1} << dice() % 6, .overflow = overflow},
                       .supervision = {.max_restarts = static_cast<std::uint32_t>(1 + dice() % 4),
                                       .window = seconds{10},
                                       .initial_backoff = milliseconds{1 + dice() % 200}},
                       .shutdown_phase = static_cast<int>(dice() % 2)});
    }
    // Inside a turn of the probe, if it takes the task.
    const auto in_turn = [&](std::size_t i, std::function<void(Context&)> what) {
      const SendResult sent = addresses[i].tell(Do{[&told, i, what = std::move(what)](Context& c) {
        ++told[i].tasks_run;
        what(c);
      }});
      if (taken(sent)) ++told[i].accepted_tasks;
    };
    for (int step = 0; step < 250; ++step) {
      const std::size_t i = dice() % probes;
      switch (dice() % 14) {
        case 0:
        case 1:
        case 2:
        case 3:
          if (taken(addresses[i].tell(Note{++note}))) told[i].accepted.push_back(note);
          break;
        case 4:
          if (dice() % 3 == 0) {
            in_turn(i, [&told, i](Context&) {
              ++told[i].failures;
              throw std::runtime_error("planted");
            });
          }
          break;
        case 5:
        case 6: {
          const std::size_t to = dice() % probes;
          const Duration patience = milliseconds{dice() % 3000};
          in_turn(i, [&, i, to, patience](Context& context) {
            Asked& mine = asked.emplace_back(Asked{i, told[i].failures, 0});
            context.ask(addresses[to], Question{1}, patience,
                        [&mine](const result::Result<int>&) { ++mine.answers; });
          });
          break;
        }
        case 7:
          stage.runtime().ask(
              addresses[i], Question{2}, milliseconds{dice() % 3000},
              [&told = asked_outside.emplace_back(0)](const result::Result<int>&) { ++told; });
          break;
        case 8:
          if (records[i].questions.empty()) break;
          records[i].questions.front().reply(3);
          records[i].questions.pop_front();
          break;
        case 9: {
          const Duration delay = milliseconds{dice() % 1000};
          in_turn(i, [&, delay](Context& context) {
            ++timers_set;
            context.after(delay, [&] { ++timers_rung; });
          });
          break;
        }
        case 10:
          stage.advance(milliseconds{dice() % 500});
          break;
        case 11:
          if (dice() % 12 == 0) stage.runtime().stop(addresses[i]);
          break;
        default:
          for (std::uint64_t left = dice() % 6; left > 0 && stage.executor().step(); --left) {
          }
      }
    }
    stage.advance(seconds{40});  // past every deadline and every pause
    for (Record& record : records) record.questions.clear();
    stage.run();
    for (const int answers : asked_outside) EXPECT_EQ(answers, 1) << "a question from outside";
    EXPECT_TRUE(stage.runtime().shutdown(seconds{60}).clean);
  }
  for (const Asked& question : asked) {
    EXPECT_LE(question.answers, 1);
    // Who did not fail after it asked has its answer; stopping waits for it.
    if (question.failures == told[question.asker].failures) {
      EXPECT_EQ(question.answers, 1) << "of probe " << question.asker;
    }
  }
  EXPECT_LE(timers_rung, timers_set);
  for (std::size_t i = 0; i < probes; ++i) {
    SCOPED_TRACE("probe " + std::to_string(i));
    const Record& record = records[i];
    EXPECT_EQ(record.made, record.ended);
    EXPECT_TRUE(std::is_sorted(record.notes.begin(), record.notes.end()));
    EXPECT_EQ(std::adjacent_find(record.notes.begin(), record.notes.end()), record.notes.end());
    EXPECT_TRUE(std::includes(told[i].accepted.begin(), told[i].accepted.end(),
                              record.notes.begin(), record.notes.end()));
    const ActorSnapshot last = addresses[i].cell()->snapshot();
    EXPECT_EQ(last.depth, 0U);
    EXPECT_LE(record.stops, 1);
    EXPECT_LE(record.notes.size() + told[i].tasks_run, last.handled + last.restarts + 1);
  }
}

TEST(random_lives, keep_every_promise_of_supervision) {
  for (std::uint64_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) live(seed);
}

}  // namespace
}  // namespace hts::runtime::test
