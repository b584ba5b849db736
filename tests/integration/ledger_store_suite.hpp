#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "alert_samples.hpp"
#include "engine/ports/ledger_store.hpp"

/// What every implementation of ports::LedgerStore must do. A test program of an adapter includes
/// this and instantiates `LedgerStoreSuite` with a function that makes an empty place.
namespace hts::testing {

inline constexpr time::Timestamp session_day{std::chrono::days{19'000}};

inline ports::SessionRecord sample_session(const std::string& id) {
  ports::SessionRecord session;
  session.session_id = id;
  session.plan = "{\"symbols\": [\"BTC_KRW\"]}";
  session.is_running = true;
  session.started_at = session_day;
  session.state = std::string{"begin\0state", 11};
  session.up_to = session_day;
  return session;
}

/// Of a larger number other in every member.
inline paper::PaperEvent sample_event(std::uint64_t number) {
  paper::PaperEvent event;
  event.number = number;
  event.kind = static_cast<paper::PaperEventKind>(number % 9);
  event.time = session_day + std::chrono::nanoseconds{60'000'000'007 * number};
  event.slot = number % 5 == 0 ? paper::manual_book : static_cast<paper::SlotId>(number);
  event.instrument = static_cast<paper::InstrumentId>(number * 3);
  event.position_id = "position-" + std::to_string(number);
  event.side = number % 2 == 0 ? trading::Side::buy : trading::Side::sell;
  event.quantity = trading::CoinAmount::of_units(trading::fixed::power_of_ten(30) +
                                                 static_cast<trading::fixed::Int>(number));
  event.price = trading::Price::parse("0.000000000001").value();
  event.fee = trading::Money::parse("12345678901234567890.00000001").value();
  event.slippage = trading::Money::of_units(static_cast<trading::fixed::Int>(number));
  event.realized_profit = trading::Money::parse("-0.00000001").value();
  event.reason = "a \"reason\" 이유";
  return event;
}

inline ports::LedgerCommit sample_commit(const std::string& session, std::uint64_t first,
                                         std::uint64_t count) {
  ports::LedgerCommit commit;
  commit.session_id = session;
  for (std::uint64_t i = 0; i < count; ++i) commit.events.push_back(sample_event(first + i));
  commit.state = "state " + std::to_string(first + count - 1);
  commit.up_to = session_day + std::chrono::minutes{static_cast<std::int64_t>(first)};
  commit.alerts = {sample_alert(static_cast<int>(first))};
  return commit;
}

/// One set of sessions; every store that it opens sees the same, as a restart would.
class LedgerPlace {
 public:
  virtual ~LedgerPlace() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::LedgerStore> open() = 0;
};

class LedgerStoreSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<LedgerPlace>()>> {
 protected:
  std::unique_ptr<LedgerPlace> place = GetParam()();
  std::unique_ptr<ports::LedgerStore> store = place->open();
};

TEST_P(LedgerStoreSuite, has_no_session_before_the_first) {
  const auto newest = store->newest_session();
  ASSERT_TRUE(newest.ok());
  EXPECT_FALSE(newest->has_value());
  EXPECT_EQ(store->find_session("a").error().field, "session_id");
  EXPECT_EQ(store->events("a", 1, 10).error().code, result::ErrorCode::not_found);
  EXPECT_EQ(store->commit({sample_commit("a", 1, 1)}).error().code, result::ErrorCode::not_found);
}

TEST_P(LedgerStoreSuite, events_come_back_to_the_last_digit_after_a_restart) {
  ASSERT_TRUE(store->put_session(sample_session("a")));
  ASSERT_TRUE(store->commit({sample_commit("a", 1, 3), sample_commit("a", 4, 8)}));
  store = place->open();
  const auto events = store->events("a", 1, 100);
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 11U);
  for (std::uint64_t i = 0; i < 11; ++i) EXPECT_EQ((*events)[i], sample_event(i + 1));
  EXPECT_EQ(store->events("a", 5, 2)->front().number, 5U);
  EXPECT_EQ(store->events("a", 5, 2)->size(), 2U);
  EXPECT_TRUE(store->events("a", 12, 2)->empty());
  const auto session = store->find_session("a");
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->state, "state 11");
  EXPECT_EQ(session->up_to, session_day + std::chrono::minutes{4});
  EXPECT_EQ(session->events, 11U);
  EXPECT_TRUE(session->is_running);
}

TEST_P(LedgerStoreSuite, a_session_is_changed_without_losing_what_was_committed) {
  ASSERT_TRUE(store->put_session(sample_session("a")));
  EXPECT_EQ(store->newest_session()->value().state, (std::string{"begin\0state", 11}));
  ASSERT_TRUE(store->commit({sample_commit("a", 1, 2)}));
  auto changed = sample_session("a");
  changed.plan = "{}";
  changed.is_running = false;
  changed.stopped_at = session_day + std::chrono::hours{1};
  changed.state = "not taken";
  ASSERT_TRUE(store->put_session(changed));
  const auto session = store->newest_session();
  ASSERT_TRUE(session.ok() && session->has_value());
  EXPECT_EQ((*session)->plan, "{}");
  EXPECT_FALSE((*session)->is_running);
  EXPECT_EQ((*session)->stopped_at, changed.stopped_at);
  EXPECT_EQ((*session)->state, "state 2");
  EXPECT_EQ((*session)->events, 2U);
  ASSERT_TRUE(store->put_session(sample_session("b")));
  EXPECT_EQ(store->newest_session()->value().session_id, "b");
  EXPECT_EQ(store->find_session("a")->plan, "{}");
}

TEST_P(LedgerStoreSuite, keeps_the_newest_snapshot_of_each_slot_of_the_newest_session) {
  ASSERT_TRUE(store->put_session(sample_session("a")));
  ASSERT_TRUE(store->snapshots("a")->empty());
  ports::LedgerCommit commit = sample_commit("a", 1, 1);
  commit.snapshots = {{2, std::string{"two\0", 4}}, {0, "zero"}};
  ASSERT_TRUE(store->commit({commit, sample_commit("a", 2, 1)}));
  ports::LedgerCommit next = sample_commit("a", 3, 1);
  next.snapshots = {{0, "zero later"}};
  ASSERT_TRUE(store->commit({next}));
  ports::LedgerCommit refused = sample_commit("a", 9, 1);
  refused.snapshots = {{2, "never"}};
  ASSERT_FALSE(store->commit({refused}));
  store = place->open();
  const std::vector<ports::SlotSnapshot> expected{{0, "zero later"}, {2, std::string{"two\0", 4}}};
  EXPECT_EQ(store->snapshots("a").value(), expected);
  auto stopped = sample_session("a");
  stopped.is_running = false;
  ASSERT_TRUE(store->put_session(stopped));
  ASSERT_TRUE(store->put_session(sample_session("b")));
  EXPECT_TRUE(store->snapshots("a")->empty());
  EXPECT_TRUE(store->snapshots("b")->empty());
}

TEST_P(LedgerStoreSuite, a_commit_may_leave_the_state_or_change_the_plan) {
  ASSERT_TRUE(store->put_session(sample_session("a")));
  ports::LedgerCommit commit;
  commit.session_id = "a";
  commit.plan = "{\"new\": 1}";
  commit.up_to = session_day + std::chrono::minutes{9};
  ASSERT_TRUE(store->commit({commit}));
  const auto session = store->find_session("a");
  EXPECT_EQ(session->plan, commit.plan);
  EXPECT_EQ(session->state, sample_session("a").state);
  EXPECT_EQ(session->up_to, commit.up_to);
}

TEST_P(LedgerStoreSuite, events_that_do_not_go_on_are_refused_with_all_that_came_with_them) {
  ASSERT_TRUE(store->put_session(sample_session("a")));
  ASSERT_TRUE(store->commit({sample_commit("a", 1, 3)}));
  auto gap = sample_commit("a", 4, 2);
  gap.events[1].number = 6;
  auto other = sample_commit("a", 3, 1);
  other.events[0].reason = "another";
  for (const auto& wrong : {sample_commit("a", 6, 1), gap, other}) {
    const auto done = store->commit({sample_commit("a", 4, 1), wrong});
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, result::ErrorCode::conflict);
  }
  EXPECT_EQ(store->find_session("a")->events, 3U);
  EXPECT_EQ(store->find_session("a")->state, "state 3");
}

TEST_P(LedgerStoreSuite, the_same_commit_again_changes_nothing) {
  ASSERT_TRUE(store->put_session(sample_session("a")));
  ASSERT_TRUE(store->commit({sample_commit("a", 1, 3)}));
  ASSERT_TRUE(store->commit({sample_commit("a", 1, 3)}));
  ASSERT_TRUE(store->commit({sample_commit("a", 2, 4)}));
  EXPECT_EQ(store->find_session("a")->events, 5U);
  EXPECT_EQ(store->events("a", 1, 100)->size(), 5U);
}

}  // namespace hts::testing
