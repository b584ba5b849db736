#include "actors/session_alerts.hpp"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::actors {
namespace {

using paper::PaperEvent;
using paper::PaperEventKind;

constexpr time::Timestamp noon{std::chrono::days{19'943} + std::chrono::hours{12}};

std::vector<ports::Alert> alerts_about(const std::vector<PaperEvent>& events) {
  paper::LivePlan plan;
  plan.session_id = "s";
  plan.symbols = {*market::Symbol::parse("KRW-BTC")};
  paper::LiveSlot slot;
  slot.strategy = "sma_cross";
  plan.slots = {slot};
  return alerts_of(plan, events, noon);
}

PaperEvent event(std::uint64_t number, PaperEventKind kind) {
  PaperEvent made;
  made.number = number;
  made.kind = kind;
  made.time = noon;
  return made;
}

/// Equal subjects are told once within a while: what has to be told at once must not look alike.
TEST(SessionAlerts, another_cause_of_a_halt_and_another_position_have_subjects_of_their_own) {
  std::vector<PaperEvent> events;
  for (const char* reason : {"news", "The day's loss limit is reached."}) {
    events.push_back(event(events.size() + 1, PaperEventKind::halted));
    events.back().reason = reason;
  }
  for (const double price : {100.5, 101.5}) {
    events.push_back(event(events.size() + 1, PaperEventKind::position_opened));
    events.back().price = *trading::Price::nearest(price);
  }
  std::set<std::string> subjects;
  for (const ports::Alert& alert : alerts_about(events)) subjects.insert(alert.subject);
  EXPECT_EQ(subjects,
            (std::set<std::string>{"Long BTC_KRW opened at 100.5", "Long BTC_KRW opened at 101.5",
                                   "Paper trading is halted: The day's loss limit is reached.",
                                   "Paper trading is halted: news"}));
}

}  // namespace
}  // namespace hts::actors
