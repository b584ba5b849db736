#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../order_giver.hpp"
#include "actors/position_manager.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "live_desk.hpp"

/// Strategies that give orders of their own, live.
namespace hts::actors::testing {
namespace {

using hts::test::OrderGiver;
using paper::PaperEventKind;
using trading::Price;

/// Forgets what it was when it is brought back.
class Forgetful : public OrderGiver {
 public:
  using OrderGiver::OrderGiver;
  static constexpr std::string_view name = "forgetful";
  [[nodiscard]] result::Status restore(std::span<const double>) { return result::success(); }
};

class OrderSessions : public LiveDesk {
 protected:
  OrderSessions() { (void)OrderGiver::registered(); }

  static paper::LiveSlot giver(paper::InstrumentId instrument, const char* timeframe,
                               std::int64_t seed) {
    return slot(instrument, timeframe, "order_giver", {{"seed", seed}});
  }
  /// Between slots with signals, some of longer candles.
  StartSession session_with_orders() const {
    StartSession query = some_session();
    query.plan.slots = {giver(0, "1m", 5), slot(1, "1m", "sma_cross", windows(2, 5)),
                        giver(1, "5m", 7), giver(0, "3m", 11), giver(1, "1m", 13)};
    return query;
  }
  /// The events of a session of `minutes` after the first `begin`, which dies now and then.
  std::vector<paper::PaperEvent> session_events(const StartSession& wanted, std::int64_t begin,
                                                std::int64_t end, unsigned deaths) {
    die();
    ledger_ = std::make_unique<simulation::TableLedgerStore>();
    candles_.stored.clear();
    stored_until_ = {};
    store_until(minute(begin));
    live();
    answer(wanted);
    std::mt19937 random(deaths);
    for (auto now = begin; deaths != 0 && now < end;) {
      now = std::min(end, now + 1 + static_cast<std::int64_t>(random() % 40));
      play(minute(now));
      die();
      live();
    }
    play(minute(end));
    auto events = stored_events();
    for (auto& event : events) event.position_id.clear();  // made from the session's id
    return events;
  }
};

TEST_F(OrderSessions, orders_live_trade_as_in_a_backtest_over_the_same_candles) {
  StartSession wanted = session_with_orders();
  wanted.plan.slots = {giver(0, "1m", 5), giver(1, "1m", 6), giver(0, "1m", 7)};
  // It begins with the market, so that the backtest's strategies have seen as much.
  auto events = session_events(wanted, 0, 900, 3);
  std::erase_if(events, [](const auto& event) { return event.kind != PaperEventKind::fill; });

  backtest::PortfolioPlan offline;
  offline.symbols = symbols_;
  offline.settings = wanted.plan.account;
  std::vector<market::CandleSeries> series(2);
  std::vector<market::CandleView> views;
  for (std::size_t i = 0; i < 2; ++i) {
    for (const auto& [time, candle] : candles_.stored[symbols_[i]]) series[i].push_back(candle);
    views.push_back(series[i].view());
  }
  for (const auto& slot : wanted.plan.slots) {
    offline.slots.push_back({slot.instrument, &OrderGiver::registered(), slot.parameters});
  }
  auto result = backtest::simulate(offline, views);
  ASSERT_TRUE(result.ok()) << result.error().message;
  std::erase_if(result->fills,
                [](const auto& fill) { return fill.reason == backtest::ExitReason::end_of_data; });
  ASSERT_EQ(events.size(), result->fills.size());
  EXPECT_GT(events.size(), 100U);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const backtest::Fill& expected = result->fills[i];
    EXPECT_EQ(events[i].time, expected.time);
    EXPECT_EQ(events[i].slot, expected.slot);
    EXPECT_EQ(events[i].side, expected.side);
    EXPECT_EQ(events[i].price, Price::nearest(expected.price).value());
    EXPECT_EQ(events[i].fee, trading::Money::nearest(expected.commission).value());
    EXPECT_NEAR(events[i].quantity.approximate(), expected.quantity, 1e-9);
  }
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(OrderSessions, deaths_at_any_bar_change_nothing_of_a_session_with_orders) {
  const auto undisturbed = session_events(session_with_orders(), 1'000, 1'700, 0);
  ASSERT_GT(undisturbed.size(), 200U);
  EXPECT_EQ(parity_differences(), 0U);
  const auto status = answer(GetSession{});
  for (const std::size_t slot : {0U, 2U, 3U, 4U}) {
    EXPECT_TRUE(status.runners[slot].is_initialized) << slot;
    EXPECT_GT(status.runners[slot].candles, 200U) << "those before the session count";
    EXPECT_GT(status.runners[slot].signals, 0U);
    EXPECT_EQ(status.runners[slot].error, "");
  }
  EXPECT_EQ(session_events(session_with_orders(), 1'000, 1'700, 5), undisturbed);
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(OrderSessions, what_people_change_of_it_runs_again_offline) {
  live();
  answer(session_with_orders());
  play(minute(1'150));
  ChangeSessionSlot change;
  change.change.slot = 2;
  change.change.parameters = giver(1, "5m", 99).parameters;
  answer(change);
  play(minute(1'250));
  change.change.slot = 0;
  change.change.parameters = {};
  change.change.is_enabled = false;
  answer(change);
  play(minute(1'350));
  die();
  live();
  change.change.slot = 4;
  change.change.parameters = giver(1, "1m", 77).parameters;
  change.change.is_enabled = true;
  answer(change);
  play(minute(1'450));
  for (const auto& position : answer(GetPositions{}).positions) {
    EXPECT_EQ(answer(ClosePosition{position.position_id, {}}).reason, "by_hand");
  }
  play(minute(1'500));
  SetHalted halt;
  halt.close_all = true;
  halt.reason = "a test";
  answer(halt);
  play(minute(1'550));
  EXPECT_TRUE(answer(GetPositions{}).positions.empty());
  halt.is_halted = false;
  answer(halt);
  play(minute(1'700));
  EXPECT_EQ(parity_differences(), 0U);
  for (const auto& event : stored_events()) {
    const bool opens = event.kind == PaperEventKind::position_opened && event.slot == 0;
    EXPECT_FALSE(opens && event.time > minute(1'250));
  }
}

TEST_F(OrderSessions, a_strategy_that_could_not_be_brought_back_is_refused_at_the_start) {
  static const bool once =
      strategies::register_strategy(strategies::define_strategy<Forgetful>()).ok();
  ASSERT_TRUE(once);
  live();
  StartSession wanted = session_with_orders();
  wanted.plan.slots.push_back(slot(0, "1m", "forgetful"));
  const auto error = refusal(wanted);
  EXPECT_EQ(error.field, "strategy");
  EXPECT_NE(error.message.find("restore()"), std::string::npos);
  wanted.plan.slots.pop_back();
  EXPECT_TRUE(answer(wanted).is_running);
}

}  // namespace
}  // namespace hts::actors::testing
