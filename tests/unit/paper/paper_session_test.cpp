#include "engine/paper/paper_session.hpp"

#include <cmath>
#include <iterator>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/ledger_replay.hpp"
#include "random_session.hpp"

namespace hts::paper::test {
namespace {

using trading::CoinAmount;
using trading::Money;
using trading::Price;

Price price(const char* text) {
  return Price::parse(text).value();
}
CoinAmount coins(const char* text) {
  return CoinAmount::parse(text).value();
}
Money money(const char* text) {
  return Money::parse(text).value();
}

std::unique_ptr<PaperSession> begun(const LivePlan& plan) {
  auto session = PaperSession::begin(plan);
  EXPECT_TRUE(session.ok());
  return std::move(session).value();
}

/// Debits equal credits, and positions are the sums of their fills.
void check_balance(const PaperSession& session, const std::vector<PaperEvent>& events) {
  const PaperBooks& books = session.books();
  trading::fixed::Int cash = Money::nearest(session.plan().account.cash).value().units();
  trading::fixed::Int realized = 0;
  std::map<std::string, trading::fixed::Int> held;
  for (const PaperEvent& event : events) {
    if (event.kind != PaperEventKind::fill) continue;
    const auto value = trading::value_of(event.price, event.quantity)->units();
    const bool is_buy = event.side == trading::Side::buy;
    cash += (is_buy ? -value : value) - event.fee.units();
    held[event.position_id] += is_buy ? event.quantity.units() : -event.quantity.units();
    realized += event.realized_profit.units();
  }
  EXPECT_TRUE(books.strategies().cash().units() + books.manual().cash().units() == cash);
  EXPECT_TRUE(books.totals().realized_profit.units() == realized);
  trading::fixed::Int cost = 0;
  trading::fixed::Int open_fees = 0;
  for (const auto& [id, units] : held) {
    const BookPosition* open = books.find(id);
    const auto size = units < 0 ? -units : units;
    EXPECT_TRUE((open == nullptr ? 0 : open->quantity.units()) == size) << id;
    if (open == nullptr) continue;
    cost += open->side == trading::Side::buy ? open->cost.units() : -open->cost.units();
    open_fees += open->entry_fee.units();
  }
  const auto start = Money::nearest(session.plan().account.cash).value().units();
  EXPECT_TRUE(cash + cost == start + realized - open_fees);
}

class PaperSessions : public testing::TestWithParam<unsigned> {};

void check_session(RandomSession& drawn) {
  drawn.plan.session_id = "01932d5e-7c00-7abc-8def-0123456789ab";
  auto straight = begun(drawn.plan);
  auto restarted = begun(drawn.plan);
  give_strategies(*straight, drawn.plan);
  give_strategies(*restarted, drawn.plan);
  std::vector<PaperEvent> all;
  std::vector<PaperEvent> again;
  const auto add = [](std::vector<PaperEvent>& to, PaperSession::Events more) {
    ASSERT_TRUE(more.ok()) << more.error().message;
    to.insert(to.end(), more->begin(), more->end());
  };
  for (const Bar& bar : drawn.bars) {
    const unsigned request = drawn.any(60);
    const SlotId slot = drawn.any(static_cast<unsigned>(drawn.plan.slots.size()));
    const auto moment = bar.open_time + std::chrono::seconds{63};
    const auto both = [&](auto&& act) {
      add(all, act(*straight));
      add(again, act(*restarted));
    };
    both([&](PaperSession& on) {
      return on.step(bar.open_time, bar.candles, bar.signals, bar.closed);
    });
    if (request == 0) {
      both([&](PaperSession& on) { return on.halt(moment, "a test", slot == 0); });
    } else if (request < 4 && straight->is_halted()) {
      both([&](PaperSession& on) { return on.resume_trading(moment); });
    } else if (request == 5) {
      const PaperSession::SlotChange change{slot, {}, !straight->plan().slots[slot].is_enabled, {}};
      both([&](PaperSession& on) { return on.change_slot(moment, change); });
    } else if (request < 8 && !straight->is_halted() && straight->price_of(0)) {
      const PaperSession::Entry entry{0, slot % 2 == 0 ? trading::Side::buy : trading::Side::sell,
                                      coins("0.0123456789"), *straight->price_of(0)};
      if (straight->enter(moment, {0, entry.side, {}, entry.price}).ok()) FAIL();
      auto entered = straight->enter(moment, entry);
      auto entered_again = restarted->enter(moment, entry);
      ASSERT_EQ(entered.ok(), entered_again.ok());
      if (entered.ok()) {
        add(all, std::move(entered));
        add(again, std::move(entered_again));
      }
    } else if (request < 12 && !straight->books().positions().empty()) {
      const BookPosition position = straight->books().positions().begin()->second;
      const auto at = *straight->price_of(position.instrument);
      both([&](PaperSession& on) { return on.close(moment, position.position_id, at); });
    }
    if (drawn.any(20) == 0) {
      const std::string state = restarted->state();
      auto resumed = PaperSession::resume(restarted->plan(), state, again);
      ASSERT_TRUE(resumed.ok()) << resumed.error().message;
      restarted = std::move(resumed).value();
      EXPECT_EQ(restarted->state(), state);
    }
  }
  EXPECT_EQ(all, again);
  EXPECT_EQ(straight->state(), restarted->state());
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].number, i + 1);
  check_balance(*straight, all);
  EXPECT_EQ(straight->books().totals().closed, straight->books().take_closed().size());
}

TEST_P(PaperSessions, debits_equal_credits_and_a_restart_changes_no_event) {
  RandomSession drawn(GetParam());
  check_session(drawn);
}

TEST_P(PaperSessions, so_do_they_with_strategies_that_give_orders) {
  RandomSession drawn(GetParam(), true);
  check_session(drawn);
}

INSTANTIATE_TEST_SUITE_P(, PaperSessions, testing::Range(1U, 81U));

/// One symbol at 100, a session that trades by hand.
struct ByHand {
  LivePlan plan;
  std::unique_ptr<PaperSession> session;
  time::Timestamp now = time::from_milliseconds(first_minute * 60'000);

  explicit ByHand(const ManualCosts& costs = {}, const trading::RiskRules& risk = {}) {
    plan.session_id = "01932d5e-7c00-7abc-8def-0123456789ab";
    plan.symbols = {*market::Symbol::parse("BTC_KRW"), *market::Symbol::parse("ETH_KRW")};
    plan.manual = costs;
    plan.account.risk = risk;
    session = begun(plan);
    bar(100);
  }
  std::vector<PaperEvent> bar(double at) {
    now += std::chrono::minutes{1};
    const std::vector<backtest::SteppedCandle> candles = {{0, {now, at, at, at, at, 10}}};
    auto events = session->step(now, candles, {});
    EXPECT_TRUE(events.ok());
    return *events;
  }
  PaperSession::Events enter(const char* quantity, trading::Side side = trading::Side::buy) {
    return session->enter(now + std::chrono::seconds{70}, {0, side, coins(quantity), price("100")});
  }
  [[nodiscard]] std::string position() const { return session->books().positions().begin()->first; }
};

TEST(PaperByHand, costs_what_the_api_says) {
  for (const bool fee_on_exit : {true, false}) {
    ByHand trade({0.001, 0.0002, fee_on_exit});
    ASSERT_TRUE(trade.enter("2").ok());
    const auto events =
        trade.session->close(trade.now + std::chrono::seconds{80}, trade.position(), price("110"));
    ASSERT_TRUE(events.ok());
    const PaperEvent& closed = events->back();
    EXPECT_EQ(closed.kind, PaperEventKind::position_closed);
    // 2 * (110 - 100) - 0.1 % of 200 - 0.02 % of 220 (- 0.1 % of what the exit brought)
    EXPECT_EQ(closed.slippage, money("0.044"));
    EXPECT_EQ(closed.realized_profit, money(fee_on_exit ? "19.536044" : "19.756"));
    EXPECT_TRUE(trade.session->books().positions().empty());
  }
}

TEST(PaperByHand, a_short_position_earns_when_the_price_falls) {
  ByHand trade({0, 0, false});
  ASSERT_TRUE(trade.enter("2", trading::Side::sell).ok());
  EXPECT_EQ(trade.session->books().find(trade.position())->unrealized_profit(price("90")),
            money("20"));
  ASSERT_TRUE(trade.session->close(trade.now, trade.position(), price("90")).ok());
  EXPECT_EQ(trade.session->books().totals().realized_profit, money("20"));
  EXPECT_EQ(trade.session->books().of_book(manual_book).wins, 1U);
}

TEST(PaperByHand, refuses_what_rules_and_sense_forbid) {
  trading::RiskRules risk;
  risk.max_positions = 2;
  risk.max_exposure_pct = 50;
  ByHand trade({}, risk);
  EXPECT_EQ(trade.enter("0").error().field, "quantity");
  EXPECT_EQ(trade.enter("10000000000000000").error().field, "quantity");
  EXPECT_EQ(trade.session->enter(trade.now, {0, {}, coins("1"), {}}).error().field, "entry_price");
  EXPECT_EQ(trade.session->enter(trade.now, {7, {}, coins("1"), price("1")}).error().field,
            "symbol");
  EXPECT_EQ(trade.enter("60").error().code, result::ErrorCode::conflict);  // exposure
  ASSERT_TRUE(trade.enter("1").ok());
  ASSERT_TRUE(trade.enter("1").ok());
  EXPECT_EQ(trade.enter("1").error().code, result::ErrorCode::conflict);  // positions
  EXPECT_EQ(trade.session->close(trade.now, "nothing", price("1")).error().field, "position_id");
  EXPECT_EQ(trade.session->close(trade.now, trade.position(), {}).error().field, "price");
  ByHand poor;
  EXPECT_EQ(poor.enter("101").error().code, result::ErrorCode::conflict);  // funds
}

TEST(PaperByHand, a_price_far_from_the_market_is_refused_where_slippage_has_a_limit) {
  trading::RiskRules risk;
  risk.max_slippage_pct = 1;
  ByHand trade({}, risk);
  EXPECT_TRUE(trade.enter("1").ok());
  trade.bar(102);
  EXPECT_EQ(trade.enter("1").error().code, result::ErrorCode::conflict);
  EXPECT_TRUE(ByHand{}.enter("1").ok());
}

TEST(PaperByHand, the_kill_switch_closes_all_at_the_next_open_of_each_symbol) {
  ByHand trade;
  ASSERT_TRUE(trade.enter("1").ok());
  ASSERT_TRUE(trade.session->halt(trade.now, "enough", true).ok());
  EXPECT_EQ(trade.enter("1").error().code, result::ErrorCode::conflict);
  EXPECT_TRUE(trade.session->step(trade.now += std::chrono::minutes{1}, {}, {})->empty());
  const auto events = trade.bar(90);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().kind, PaperEventKind::position_closed);
  EXPECT_EQ(events.back().reason, "by_hand");
  EXPECT_TRUE(trade.session->is_halted());
  EXPECT_TRUE(trade.session->resume_trading(trade.now).ok());
  EXPECT_TRUE(trade.enter("1").ok());
}

TEST(PaperSession, a_lost_day_halts_by_itself_and_the_next_one_resumes) {
  LivePlan plan;
  plan.symbols = {*market::Symbol::parse("BTC_KRW")};
  plan.account.risk.daily_loss_limit_pct = 5;
  LiveSlot slot;
  slot.strategy = "buy_and_hold";
  slot.parameters = *strategies::resolve_for(**strategies::find_strategy(slot.strategy), {});
  plan.slots = {slot};
  auto session = begun(plan);
  auto now = time::from_milliseconds(first_minute * 60'000);
  const auto bar = [&](double at, bool buys) {
    now += std::chrono::minutes{1};
    strategies::Signal buy;
    buy.confidence = 1;
    std::vector<backtest::SteppedSignal> signals;
    if (buys) signals.push_back({0, buy});
    return *session->step(now, std::vector<backtest::SteppedCandle>{{0, {now, at, at, at, at, 9}}},
                          signals);
  };
  EXPECT_TRUE(bar(100, true).empty());
  EXPECT_EQ(bar(100, false).size(), 2U);
  const auto halted = bar(90, false);
  ASSERT_EQ(halted.size(), 1U);
  EXPECT_EQ(halted[0].kind, PaperEventKind::halted);
  EXPECT_NE(halted[0].slot, manual_book);
  EXPECT_TRUE(session->is_halted());
  now += std::chrono::days{1};
  const auto resumed = bar(90, false);
  ASSERT_EQ(resumed.size(), 1U);
  EXPECT_EQ(resumed[0].kind, PaperEventKind::resumed);
  EXPECT_FALSE(session->is_halted());
}

TEST(PaperSession, does_not_go_on_from_what_contradicts_itself) {
  ByHand trade;
  auto events = *trade.enter("1");
  const std::string state = trade.session->state();
  ASSERT_TRUE(PaperSession::resume(trade.plan, state, events).ok());
  auto changed = events;
  changed[1].quantity = coins("2");
  EXPECT_EQ(PaperSession::resume(trade.plan, state, changed).error().field, "state");
  changed = events;
  changed.erase(changed.begin());
  EXPECT_EQ(PaperSession::resume(trade.plan, state, changed).error().field, "events");
  changed = events;
  changed[1].realized_profit = money("5");
  EXPECT_EQ(PaperSession::resume(trade.plan, state, changed).error().field, "events");
  changed = events;
  changed.pop_back();
  EXPECT_EQ(PaperSession::resume(trade.plan, state, changed).error().field, "state");
  auto other = trade.plan;
  other.session_id = "another";
  EXPECT_EQ(PaperSession::resume(other, state, events).error().field, "state");
  for (std::size_t i = 0; i < state.size(); ++i) {
    EXPECT_FALSE(PaperSession::resume(trade.plan, state.substr(0, i), events).ok());
  }
}

}  // namespace
}  // namespace hts::paper::test
