#include "config/health/health_conditions.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::config {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr time::Timestamp noon{std::chrono::days{19'943} + std::chrono::hours{12}};

class HealthConditions : public ::testing::Test {
 protected:
  HealthConditions() {
    readings.scheduler.emplace();
    bounds.queue_wait = seconds{60};
    bounds.signal = seconds{10};
  }
  void trade() {
    actors::SessionStatus session;
    session.session_id = "s1";
    session.is_running = true;
    readings.live.session = session;
    auto market = std::make_shared<actors::MarketStatus>();
    market->feed.state = ports::FeedState::live;
    market->bars = 5;
    market->last_bar = noon - minutes{1};
    readings.live.market = market;
    ports::FeedFigures feed;
    feed.name = "upbit";
    feed.status.state = ports::FeedState::live;
    feed.last_frame = noon;
    readings.live.feed = feed;
  }
  [[nodiscard]] std::vector<std::string> subjects_at(time::Timestamp now) const {
    std::vector<std::string> subjects;
    for (const auto& condition : conditions_of(readings, disks, bounds, now)) {
      subjects.push_back(condition.kind + ": " + condition.subject);
    }
    return subjects;
  }

  http::ReadinessReadings readings;
  std::vector<DiskSpace> disks{{"data.root", 50}, {"state.root", 10}};
  HealthBounds bounds;
};

using Subjects = std::vector<std::string>;

TEST_F(HealthConditions, a_daemon_that_is_well_has_none) {
  EXPECT_EQ(subjects_at(noon), Subjects{});
  trade();
  EXPECT_EQ(subjects_at(noon), Subjects{});
}

TEST_F(HealthConditions, one_that_is_not_ready_gives_its_reasons) {
  readings.scheduler.reset();
  const auto found = conditions_of(readings, disks, bounds, noon);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "health");
  EXPECT_EQ(found[0].text, "The scheduler does not answer.");
  EXPECT_TRUE(found[0].is_critical);
}

TEST_F(HealthConditions, a_disk_below_its_bound_is_nearly_full) {
  disks[1].free_pct = 9.9;
  EXPECT_EQ(subjects_at(noon), Subjects{"health: The disk of state.root is nearly full"});
  bounds.disk_free_pct = 0;
  EXPECT_EQ(subjects_at(noon), Subjects{});
}

TEST_F(HealthConditions, what_a_feed_brings_and_nobody_can_use_is_told_with_its_counts) {
  trade();
  readings.live.feed->malformed = 3;
  readings.live.feed->unknown_symbols = 1;
  auto market = *readings.live.market;
  market.rejected = 2;
  market.instruments.resize(2, {.symbol = *market::Symbol::parse("KRW-BTC")});
  market.instruments[0].late_trades = 4;
  market.instruments[1].late_trades = 5;
  readings.live.market = std::make_shared<actors::MarketStatus>(market);
  const auto found = conditions_of(readings, disks, bounds, noon);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].subject, "The feed brings what cannot be used");
  EXPECT_EQ(found[0].text.substr(0, found[0].text.find(", so far")),
            "3 messages that cannot be read, 1 about symbols that nobody asked for, 2 with times "
            "or prices that cannot be, 9 trades that came after their minute had closed");
  readings.live.session->is_running = false;
  EXPECT_EQ(subjects_at(noon), Subjects{});
}

TEST_F(HealthConditions, a_feed_is_silent_in_a_session_only) {
  trade();
  bounds.signal = seconds{0};
  EXPECT_EQ(subjects_at(noon + seconds{60}), Subjects{});
  EXPECT_EQ(subjects_at(noon + seconds{61}), Subjects{"health: The feed is silent"});
  readings.live.session->is_running = false;
  EXPECT_EQ(subjects_at(noon + seconds{61}), Subjects{});
}

TEST_F(HealthConditions, a_strategy_that_has_failed_is_named_with_its_symbols) {
  trade();
  auto plan = std::make_shared<paper::LivePlan>();
  plan->symbols = {*market::Symbol::parse("KRW-BTC"), *market::Symbol::parse("KRW-ETH")};
  for (const char* strategy : {"sma_cross", "macd", "sma_cross"}) {
    paper::LiveSlot slot;
    slot.instrument = plan->slots.size() < 2 ? 0 : 1;
    slot.strategy = strategy;
    plan->slots.push_back(slot);
  }
  readings.live.session->plan = plan;
  readings.live.session->runners.resize(3);
  for (paper::SlotId slot = 0; slot < 3; ++slot) {
    readings.live.session->runners[slot].slot = slot;
  }
  EXPECT_EQ(subjects_at(noon), Subjects{});
  readings.live.session->runners[0].error = "It threw.";
  readings.live.session->runners[2].error = "It threw.";
  const auto found = conditions_of(readings, disks, bounds, noon);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].subject, "The strategy sma_cross has failed");
  EXPECT_NE(found[0].text.find("on BTC_KRW, ETH_KRW."), std::string::npos) << found[0].text;
  readings.live.session->runners[1].error = "It threw.";
  EXPECT_EQ(subjects_at(noon).size(), 2U);
}

TEST_F(HealthConditions, signals_are_late_when_the_next_minute_is_overdue) {
  trade();
  bounds.feed_silence = seconds{0};
  EXPECT_EQ(subjects_at(noon + seconds{70}), Subjects{});
  EXPECT_EQ(subjects_at(noon + seconds{71}), Subjects{"sla_breach: Signals are late"});
  bounds.is_recording = true;
  EXPECT_EQ(subjects_at(noon + seconds{71}), Subjects{});
}

TEST_F(HealthConditions, a_job_may_wait_for_so_long) {
  readings.scheduler->jobs.queued = 3;
  readings.scheduler->jobs.oldest_queued_at = noon;
  EXPECT_EQ(subjects_at(noon + seconds{60}), Subjects{});
  EXPECT_EQ(subjects_at(noon + seconds{61}), Subjects{"sla_breach: Jobs wait too long"});
  readings.scheduler->jobs.paused = true;
  EXPECT_EQ(subjects_at(noon + seconds{61}), Subjects{});
}

}  // namespace
}  // namespace hts::config
