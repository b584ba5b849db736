#include "actors/position_manager.hpp"

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "live_desk.hpp"

namespace hts::actors::testing {
namespace {

using paper::PaperEventKind;
using result::ErrorCode;
using trading::CoinAmount;
using trading::Price;

std::uint64_t count(const std::vector<paper::PaperEvent>& events, PaperEventKind kind) {
  return static_cast<std::uint64_t>(std::ranges::count(events, kind, &paper::PaperEvent::kind));
}

TEST_F(LiveDesk, a_session_trades_and_run_again_offline_it_is_the_same) {
  live();
  const auto started = answer(some_session());
  EXPECT_TRUE(started.is_running);
  EXPECT_EQ(started.session_id.size(), 36U);
  EXPECT_EQ(started.runners.size(), 4U);
  EXPECT_TRUE(started.runners[0].is_initialized);
  play(minute(2'500));
  const auto status = answer(GetSession{});
  EXPECT_EQ(status.bars, 1'500U);
  EXPECT_EQ(status.up_to, minute(2'499));
  EXPECT_EQ(status.market_data_status, "running");
  EXPECT_GT(status.fills, 100U);
  EXPECT_EQ(announced_, stored_events());
  EXPECT_EQ(parity_differences(), 0U);
  EXPECT_EQ(answer(GetSession{}).parity_differences, 0U);
  const auto trades = answer(GetTrades{0, 5});
  EXPECT_EQ(trades.total, count(announced_, PaperEventKind::position_closed));
  ASSERT_EQ(trades.trades.size(), 5U);
  EXPECT_GE(trades.trades[0].exit_time, trades.trades[4].exit_time);
  EXPECT_GT(status.commits, 0U);
  EXPECT_EQ(answer(GetPositions{}).session.session_id, status.session_id);
  EXPECT_EQ(answer(GetPositions{}).positions.size(), answer(GetPositionSummary{}).open_positions);
}

TEST_F(LiveDesk, trades_that_are_not_kept_are_read_from_the_ledger) {
  live();
  answer(some_session());
  play(minute(2'500));
  const auto all = answer(GetTrades{0, 1'000'000});
  ASSERT_GT(all.total, 40U);
  ASSERT_EQ(all.trades.size(), all.total);
  const auto expect_the_same = [&](const GetTrades& wanted) {
    const auto page = answer(wanted);
    EXPECT_EQ(page.total, all.total);
    EXPECT_EQ(page.wins, all.wins);
    const std::uint64_t left = all.total - std::min(all.total, wanted.offset);
    ASSERT_EQ(page.trades.size(), std::min(wanted.limit, left));
    for (std::size_t i = 0; i < page.trades.size(); ++i) {
      const LiveTrade& expected = all.trades[wanted.offset + i];
      EXPECT_EQ(page.trades[i].position_id, expected.position_id);
      EXPECT_EQ(page.trades[i].exit_time, expected.exit_time);
      EXPECT_EQ(page.trades[i].realized_profit, expected.realized_profit);
      EXPECT_EQ(page.trades[i].exit_price, expected.exit_price);
    }
  };
  die();
  kept_trades_ = 7;
  live();
  for (const GetTrades& wanted :
       {GetTrades{0, 7}, GetTrades{0, 8}, GetTrades{3, 4}, GetTrades{5, 20}, GetTrades{30, 5},
        GetTrades{all.total - 3, 50}, GetTrades{all.total, 5}, GetTrades{0, 1'000'000}}) {
    expect_the_same(wanted);
  }
}

TEST_F(LiveDesk, one_minute_strategies_trade_as_in_a_backtest_over_the_same_candles) {
  live();
  auto wanted = some_session();
  wanted.plan.slots.resize(2);
  answer(wanted);
  play(minute(2'500));
  const auto plan = answer(GetSession{}).plan;

  backtest::PortfolioPlan offline;
  offline.symbols = plan->symbols;
  offline.settings = plan->account;
  std::vector<market::CandleSeries> series(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& slot = plan->slots[i];
    offline.slots.push_back(
        {slot.instrument, *strategies::find_strategy(slot.strategy), slot.parameters});
    for (const auto& [time, candle] : candles_.stored[symbols_[i]]) {
      if (time > plan->follows_after) series[i].push_back(candle);
    }
  }
  // The strategies of the session had seen candles before.
  std::vector<std::vector<strategies::IndexedSignal>> signals(2);
  std::vector<market::CandleView> views;
  std::vector<std::span<const strategies::IndexedSignal>> spans;
  for (std::size_t i = 0; i < 2; ++i) {
    auto strategy = offline.slots[i].definition->make(offline.slots[i].parameters);
    std::size_t index = 0;
    for (const auto& [time, candle] : candles_.stored[symbols_[i]]) {
      if (time < plan->slots[i].warmed_from) continue;
      const auto signal = strategy.on_candle(candle);
      if (time <= plan->follows_after) continue;
      if (signal) signals[i].push_back({index, *signal});
      ++index;
    }
    views.push_back(series[i].view());
    spans.emplace_back(signals[i]);
  }
  backtest::PortfolioResult result;
  ASSERT_TRUE(backtest::simulate_signals(offline, views, spans, {}, {}, result));
  std::erase_if(result.fills,
                [](const auto& fill) { return fill.reason == backtest::ExitReason::end_of_data; });
  std::vector<paper::PaperEvent> fills = announced_;
  std::erase_if(fills, [](const auto& event) { return event.kind != PaperEventKind::fill; });
  ASSERT_EQ(fills.size(), result.fills.size());
  EXPECT_GT(fills.size(), 100U);
  for (std::size_t i = 0; i < fills.size(); ++i) {
    EXPECT_EQ(fills[i].time, result.fills[i].time);
    EXPECT_EQ(fills[i].slot, result.fills[i].slot);
    EXPECT_EQ(fills[i].side, result.fills[i].side);
    EXPECT_EQ(fills[i].price, Price::nearest(result.fills[i].price).value());
    EXPECT_NEAR(fills[i].quantity.approximate(), result.fills[i].quantity, 1e-9);
    EXPECT_EQ(fills[i].fee, trading::Money::nearest(result.fills[i].commission).value());
  }
}

TEST_F(LiveDesk, deaths_at_any_bar_change_no_event_and_no_alert) {
  live();
  auto wanted = some_session();
  answer(wanted);
  play(minute(1'900));
  const auto undisturbed = stored_events();
  auto alerts = ledger_->alerts();
  const auto first = ledger_->newest_session();
  die();

  // The same again, with a death every few bars; the clock stands still between two lives.
  ledger_ = std::make_unique<simulation::TableLedgerStore>();
  candles_.stored.clear();
  stored_until_ = {};
  store_until(minute(1'000));
  live();
  answer(wanted);
  const std::string again = (*ledger_->newest_session())->session_id;
  std::mt19937 random(5);
  for (auto now = minute(1'000); now < minute(1'900);) {
    now = std::min(minute(1'900), now + one_candle * static_cast<std::int64_t>(1 + random() % 40));
    play(now);
    die();
    live();
    play(now);
  }
  const auto disturbed = stored_events();
  EXPECT_EQ(answer(GetSession{}).session_id, again);
  ASSERT_EQ(disturbed.size(), undisturbed.size());
  for (std::size_t i = 0; i < disturbed.size(); ++i) {
    auto event = disturbed[i];
    event.position_id = undisturbed[i].position_id;  // made from the session's id
    EXPECT_EQ(event, undisturbed[i]) << i;
  }
  EXPECT_EQ(parity_differences(), 0U);
  EXPECT_EQ(ledger_->alerts().size(), alerts.size());
  EXPECT_EQ((*first)->events, undisturbed.size());
}

TEST_F(LiveDesk, nothing_is_told_before_it_is_durable) {
  live();
  answer(some_session());
  play(minute(1'100));
  const std::size_t told = announced_.size();
  ledger_->fail_next(1'000);
  play(minute(1'200));
  EXPECT_EQ(announced_.size(), told);
  const auto status = answer(GetSession{});
  EXPECT_GT(status.store_errors, 0U);
  EXPECT_FALSE(status.store_error.empty());
  ledger_->fail_next(0);
  advance(std::chrono::minutes{1});
  EXPECT_GT(announced_.size(), told);
  EXPECT_EQ(answer(GetSession{}).up_to, minute(1'199));
  EXPECT_EQ(announced_, stored_events());
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(LiveDesk, a_commit_whose_answer_was_lost_is_made_once) {
  live();
  answer(some_session());
  for (std::int64_t i = 1'000; i < 1'300; i += 20) {
    ledger_->fail_next(2, true);
    play(minute(i));
    advance(std::chrono::seconds{20});
  }
  EXPECT_EQ(announced_, stored_events());
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(LiveDesk, a_bar_goes_on_without_decisions_that_do_not_come) {
  live();
  answer(some_session());
  play(minute(1'010));
  market_.loses_runners = true;
  play(minute(1'011));
  EXPECT_EQ(answer(GetSession{}).up_to, minute(1'009));
  advance(PositionManager::decision_patience);
  EXPECT_EQ(answer(GetSession{}).up_to, minute(1'010));
}

TEST_F(LiveDesk, a_missed_bar_is_taken_from_what_is_stored) {
  live();
  answer(some_session());
  play(minute(1'100));
  ++market_.bars;  // a number that nobody sees
  play(minute(1'300));
  EXPECT_EQ(answer(GetSession{}).up_to, minute(1'299));
  EXPECT_EQ(announced_, stored_events());
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(LiveDesk, changed_slots_trade_as_changed_from_then_on) {
  live();
  answer(some_session());
  play(minute(1'400));
  ChangeSessionSlot disable;
  disable.change.slot = 0;
  disable.change.is_enabled = false;
  EXPECT_FALSE(answer(disable).plan->slots[0].is_enabled);
  ChangeSessionSlot change;
  change.change.slot = 2;
  change.change.parameters = slot(0, "5m", "sma_cross", windows(1, 3)).parameters;
  EXPECT_EQ(answer(change).plan->slots[2].earlier.size(), 1U);
  play(minute(1'600));
  die();
  live();
  change.change.slot = 1;
  change.change.parameters = slot(0, "1m", "sma_cross", windows(4, 9)).parameters;
  change.change.is_enabled = true;
  answer(change);
  play(minute(2'000));
  change.change.slot = 99;
  EXPECT_EQ(refusal(change).field, "slot");
  EXPECT_EQ(parity_differences(), 0U);
  for (const auto& event : stored_events()) {
    const bool opens = event.kind == PaperEventKind::position_opened && event.slot == 0;
    EXPECT_FALSE(opens && event.time > minute(1'400));
  }
}

TEST_F(LiveDesk, people_enter_close_and_halt_and_all_of_it_can_be_run_again) {
  live();
  answer(some_session());
  EXPECT_EQ(refusal(EnterPosition{*market::Symbol::parse("XRP_KRW"), {}, {}, {}}).field, "symbol");
  play(minute(1'200));
  const auto entered =
      answer(EnterPosition{symbols_[0], trading::Side::buy, CoinAmount::parse("0.5").value(),
                           Price::parse("100").value()});
  EXPECT_EQ(entered.strategy, "manual");
  EXPECT_EQ(entered.entry_price, Price::parse("100").value());
  const auto other =
      answer(EnterPosition{symbols_[1], trading::Side::sell, CoinAmount::parse("0.25").value(),
                           Price::parse("90").value()});
  play(minute(1'250));
  die();
  live();
  const auto closed = answer(ClosePosition{entered.position_id, Price::parse("110").value()});
  EXPECT_GT(closed.realized_profit.units(), 0);
  EXPECT_EQ(refusal(ClosePosition{entered.position_id, {}}).code, ErrorCode::not_found);
  const auto positions = answer(GetPositions{}).positions;
  for (const auto& position : positions) {
    if (position.slot == paper::manual_book) continue;
    EXPECT_EQ(answer(ClosePosition{position.position_id, {}}).reason, "by_hand");
    break;
  }
  play(minute(1'300));
  SetHalted halt;
  halt.close_all = true;
  halt.reason = "a test";
  EXPECT_TRUE(answer(halt).is_halted);
  die();
  live();
  play(minute(1'400));
  EXPECT_TRUE(answer(GetPositions{}).positions.empty());
  const auto status = answer(GetSession{});
  EXPECT_TRUE(status.is_halted);
  EXPECT_EQ(status.halt_reason, "a test");
  EXPECT_EQ(refusal(EnterPosition{symbols_[0], trading::Side::buy, CoinAmount::parse("1").value(),
                                  Price::parse("1").value()})
                .code,
            ErrorCode::conflict);
  halt.is_halted = false;
  EXPECT_FALSE(answer(halt).is_halted);
  play(minute(1'700));
  EXPECT_FALSE(answer(GetTrades{}).trades.empty());
  EXPECT_EQ(count(stored_events(), PaperEventKind::halted), 1U);
  EXPECT_EQ(parity_differences(), 0U);
  EXPECT_NE(other.position_id, entered.position_id);
}

TEST_F(LiveDesk, sessions_start_stop_and_are_refused_with_a_reason) {
  live();
  EXPECT_EQ(refusal(StopSession{}).code, ErrorCode::conflict);
  EXPECT_EQ(refusal(SetHalted{}).code, ErrorCode::conflict);
  StartSession wrong = some_session();
  wrong.plan.symbols.clear();
  EXPECT_EQ(refusal(wrong).field, "symbols");
  wrong = some_session();
  wrong.plan.symbols.push_back(wrong.plan.symbols[0]);
  EXPECT_EQ(refusal(wrong).field, "symbols");
  wrong = some_session();
  wrong.plan.slots[0].strategy = "nothing";
  EXPECT_EQ(refusal(wrong).field, "strategy");
  const auto first = answer(some_session());
  EXPECT_EQ(refusal(some_session()).code, ErrorCode::conflict);
  play(minute(1'100));
  EXPECT_FALSE(answer(StopSession{}).is_running);
  EXPECT_FALSE(market_.is_followed);
  die();
  live();
  EXPECT_FALSE(answer(GetSession{}).is_running);
  EXPECT_FALSE(market_.is_followed);
  const auto second = answer(some_session());
  EXPECT_NE(first.session_id, second.session_id);
  play(minute(1'300));
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(LiveDesk, the_markets_price_is_what_the_feed_said_last) {
  live();
  StartSession query = some_session();
  query.plan.account.risk.max_slippage_pct = 1;
  answer(query);
  const auto enter_at = [&](double price) {
    return EnterPosition{symbols_[0], trading::Side::buy, *trading::CoinAmount::nearest(0.1),
                         *trading::Price::nearest(price)};
  };
  // Before the first candle and without a word of the feed nobody knows what is far.
  EXPECT_EQ(refusal(enter_at(100)).field, "entry_price");
  market_.prices[symbols_[0]] = 100;
  EXPECT_EQ(refusal(enter_at(101.5)).field, "entry_price");
  const auto entered = answer(enter_at(100.5));
  market_.prices[symbols_[0]] = 123.25;
  const auto trade = answer(ClosePosition{entered.position_id, {}});
  EXPECT_NEAR(trade.exit_price.approximate(), 123.25 * (1 - 0.0002), 1e-9);
  play(minute(1'020));
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(LiveDesk, a_feed_is_told_that_the_newest_minute_is_known_to_its_end) {
  live();
  answer(some_session());
  play(minute(1'100));
  die();
  live();
  EXPECT_EQ(known_until_, minute(1'100) - time::Duration{1});
}

TEST_F(LiveDesk, a_feed_that_cannot_be_subscribed_is_told_until_it_can) {
  subscribed_ = result::make_error(ErrorCode::not_found, "The recording is gone.", "feed.source");
  live();
  answer(some_session());
  EXPECT_EQ(answer(GetSession{}).feed_error, "The recording is gone.");
  EXPECT_TRUE(answer(GetSession{}).store_error.empty());
  answer(SetHalted{});  // a commit says nothing of the feed
  EXPECT_EQ(answer(GetSession{}).feed_error, "The recording is gone.");
  answer(StopSession{});
  subscribed_ = result::success();
  answer(some_session());
  EXPECT_TRUE(answer(GetSession{}).feed_error.empty());
}

TEST_F(LiveDesk, a_session_begins_once_what_people_asked_of_the_one_before_is_durable) {
  live();
  answer(some_session());
  play(minute(1'100));
  answer(StopSession{});
  const auto price = candles_.stored[symbols_[0]].rbegin()->second.close;
  ledger_->fail_next(1);
  const auto entered =
      ask(EnterPosition{symbols_[0], trading::Side::buy, *trading::CoinAmount::nearest(0.1),
                        *trading::Price::nearest(price)});
  const auto begun = ask(some_session());
  EXPECT_FALSE(begun->has_value());
  const std::size_t told = announced_.size();
  advance(std::chrono::seconds{2});
  ASSERT_TRUE(entered->has_value() && (**entered).ok());
  ASSERT_TRUE(begun->has_value() && (**begun).ok());
  EXPECT_GT(announced_.size(), told);
  EXPECT_TRUE(answer(GetPositions{}).positions.empty()) << "it was entered in the session before";
  EXPECT_NE(announced_session_, answer(GetSession{}).session_id);
  play(minute(1'300));
  EXPECT_EQ(parity_differences(), 0U);
}

TEST_F(LiveDesk, a_ledger_that_contradicts_itself_is_not_traded_on) {
  live();
  answer(some_session());
  play(minute(1'300));
  die();
  auto commit = ports::LedgerCommit{};
  commit.session_id = (*ledger_->newest_session())->session_id;
  commit.events = {stored_events().front()};
  commit.events[0].number = stored_events().size() + 1;
  commit.up_to = minute(1'299);
  ASSERT_TRUE(ledger_->commit({commit}));
  const std::size_t alerts = ledger_->alerts().size();
  live();
  play(minute(1'320));
  const auto status = answer(GetSession{});
  EXPECT_FALSE(status.is_running);
  EXPECT_TRUE(status.is_halted);
  EXPECT_NE(status.halt_reason.find("books"), std::string::npos);
  EXPECT_EQ(ledger_->alerts().size(), alerts + 1);
  EXPECT_EQ(ledger_->alerts().back().severity, "critical");
  EXPECT_FALSE(market_.is_followed);
  EXPECT_EQ(refusal(SetHalted{}).code, ErrorCode::conflict);
  answer(some_session());  // a new one may begin
  EXPECT_TRUE(answer(GetSession{}).is_running);
}

TEST_F(LiveDesk, two_writers_of_one_book_are_noticed) {
  live();
  answer(some_session());
  play(minute(1'050));
  auto events = stored_events();
  auto commit = ports::LedgerCommit{};
  commit.session_id = (*ledger_->newest_session())->session_id;
  paper::PaperEvent other;
  other.number = events.size() + 1;
  other.kind = PaperEventKind::refusal;
  other.reason = "another process";
  commit.events = {other};
  ASSERT_TRUE(ledger_->commit({commit}));
  play(minute(1'200));
  EXPECT_FALSE(answer(GetSession{}).is_running);
}

}  // namespace
}  // namespace hts::actors::testing
