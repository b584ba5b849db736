#include "engine/paper/paper_account.hpp"

#include <algorithm>
#include <iterator>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "random_session.hpp"

namespace hts::paper::test {
namespace {

using backtest::ExitReason;

/// What a backtest over all candles gives, without what it closes at the end.
backtest::PortfolioResult simulated(const RandomSession& session) {
  std::vector<market::CandleView> views;
  for (const auto& series : session.candles) views.push_back(series.view());
  std::vector<std::span<const strategies::IndexedSignal>> spans(session.signals.begin(),
                                                                session.signals.end());
  backtest::PortfolioResult result;
  const auto done = backtest::simulate_signals(session.whole(), views, spans, {},
                                               backtest::StudyControl{}, result);
  EXPECT_TRUE(done.ok());
  std::erase_if(result.trades,
                [](const auto& trade) { return trade.reason == ExitReason::end_of_data; });
  std::erase_if(result.fills,
                [](const auto& fill) { return fill.reason == ExitReason::end_of_data; });
  return result;
}

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
  std::ranges::move(more, std::back_inserter(all));
}

/// Bar by bar; every `restart_every`-th bar on average the account starts anew from its bytes.
PaperAccount::Outcome stepped(RandomSession& session, unsigned restart_every) {
  auto account = std::move(PaperAccount::make(session.plan)).value();
  give_strategies(*account, session.plan);
  PaperAccount::Outcome all;
  for (const Bar& bar : session.bars) {
    auto outcome = account->step(bar.open_time, bar.candles, bar.signals, bar.asked());
    append(all.fills, std::move(outcome.fills));
    append(all.trades, std::move(outcome.trades));
    append(all.refusals, std::move(outcome.refusals));
    if (restart_every == 0 || session.any(restart_every) != 0) continue;
    const std::string bytes = account->snapshot();
    account = std::move(PaperAccount::make(session.plan)).value();
    const auto restored = account->restore(bytes);
    EXPECT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_EQ(account->snapshot(), bytes);
  }
  return all;
}

class PaperAccounts : public testing::TestWithParam<unsigned> {};

TEST_P(PaperAccounts, bar_by_bar_gives_the_bits_of_a_backtest) {
  RandomSession session(GetParam());
  const auto expected = simulated(session);
  auto outcome = stepped(session, 0);
  EXPECT_EQ(outcome.fills, expected.fills);
  EXPECT_EQ(outcome.trades, expected.trades);
  outcome.refusals.resize(std::min(outcome.refusals.size(), expected.refusals.size()));
  EXPECT_EQ(outcome.refusals, expected.refusals);
}

TEST_P(PaperAccounts, restarts_at_any_bar_change_no_bit) {
  RandomSession session(GetParam());
  const auto expected = simulated(session);
  const auto outcome = stepped(session, 1 + GetParam() % 9);
  EXPECT_EQ(outcome.fills, expected.fills);
  EXPECT_EQ(outcome.trades, expected.trades);
}

TEST_P(PaperAccounts, strategies_that_give_orders_trade_with_the_bits_of_a_backtest) {
  RandomSession session(GetParam(), true);
  const auto expected = simulated(session);
  auto outcome = stepped(session, 0);
  EXPECT_EQ(outcome.fills, expected.fills);
  EXPECT_EQ(outcome.trades, expected.trades);
  outcome.refusals.resize(std::min(outcome.refusals.size(), expected.refusals.size()));
  EXPECT_EQ(outcome.refusals, expected.refusals);
  EXPECT_FALSE(expected.fills.empty() && expected.refusals.empty());
}

TEST_P(PaperAccounts, orders_that_work_go_on_after_restarts_at_any_bar) {
  RandomSession session(GetParam(), true);
  const auto expected = simulated(session);
  auto outcome = stepped(session, 1 + GetParam() % 9);
  EXPECT_EQ(outcome.fills, expected.fills);
  EXPECT_EQ(outcome.trades, expected.trades);
  outcome.refusals.resize(std::min(outcome.refusals.size(), expected.refusals.size()));
  EXPECT_EQ(outcome.refusals, expected.refusals);
}

INSTANTIATE_TEST_SUITE_P(, PaperAccounts, testing::Range(1U, 121U));

TEST(PaperAccount, refuses_bytes_that_are_damaged_or_of_another_plan) {
  RandomSession session(3);
  auto account = std::move(PaperAccount::make(session.plan)).value();
  for (const Bar& bar : session.bars) {
    EXPECT_LE(account->step(bar.open_time, bar.candles, bar.signals).refusals.size(), 1'000U);
  }
  const std::string bytes = account->snapshot();
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    EXPECT_FALSE(account->restore(damaged).ok()) << i;
    EXPECT_FALSE(account->restore(bytes.substr(0, i)).ok()) << i;
  }
  EXPECT_EQ(account->snapshot(), bytes);
  RandomSession other(3);
  other.plan.slots.push_back(other.plan.slots.front());
  auto larger = std::move(PaperAccount::make(other.plan)).value();
  const auto restored = larger->restore(bytes);
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().field, "state");
}

TEST(PaperAccount, keeps_no_more_after_many_bars_than_after_few) {
  RandomSession session(5);
  auto account = std::move(PaperAccount::make(session.plan)).value();
  const std::size_t size = account->snapshot().size();
  const std::size_t most = size + session.plan.slots.size() * 300;
  for (const Bar& bar : session.bars) {
    const auto outcome = account->step(bar.open_time, bar.candles, bar.signals);
    EXPECT_LE(outcome.fills.size(), 4 * session.plan.slots.size());
    EXPECT_LE(account->snapshot().size(), most);
  }
}

TEST(PaperAccount, closes_by_hand_at_the_price_that_is_named) {
  RandomSession session(8);
  session.plan.account = {};
  session.plan.account.fees.taker_rate = 0.001;
  session.plan.lots.clear();
  session.plan.slots.resize(1);
  auto account = std::move(PaperAccount::make(session.plan)).value();
  const auto symbol = session.plan.slots[0].instrument;
  const auto view = session.candles[symbol].view();
  strategies::Signal buy;
  buy.confidence = 1;
  const std::vector<backtest::SteppedSignal> signals = {{0, buy}};
  EXPECT_TRUE(
      account
          ->step(view.open_time[0], std::vector{backtest::SteppedCandle{symbol, view[0]}}, signals)
          .fills.empty());
  const auto opened =
      account->step(view.open_time[1], std::vector{backtest::SteppedCandle{symbol, view[1]}}, {});
  ASSERT_EQ(opened.fills.size(), 1U);
  const auto closed = account->close_now(0, 250, view.open_time[1] + std::chrono::seconds{70});
  ASSERT_EQ(closed.trades.size(), 1U);
  EXPECT_EQ(closed.trades[0].exit_price, 250);
  EXPECT_EQ(closed.trades[0].reason, ExitReason::by_hand);
  EXPECT_TRUE(account->position(0).flat());
}

TEST(PaperAccount, a_signal_without_a_candle_waits_for_the_next_open) {
  RandomSession session(8);
  session.plan.account = {};
  session.plan.account.fill_at = backtest::FillAt::close;
  session.plan.lots.clear();
  session.plan.slots.resize(1);
  auto account = std::move(PaperAccount::make(session.plan)).value();
  const auto symbol = session.plan.slots[0].instrument;
  const auto view = session.candles[symbol].view();
  strategies::Signal buy;
  buy.confidence = 1;
  const std::vector<backtest::SteppedSignal> signals = {{0, buy}};
  EXPECT_TRUE(
      account->step(view.open_time[0], std::vector{backtest::SteppedCandle{symbol, view[0]}}, {})
          .fills.empty());
  EXPECT_TRUE(
      account->step(view.open_time[0] + std::chrono::minutes{1}, {}, signals).fills.empty());
  const auto opened =
      account->step(view.open_time[2], std::vector{backtest::SteppedCandle{symbol, view[2]}}, {});
  ASSERT_EQ(opened.fills.size(), 1U);
  EXPECT_EQ(opened.fills[0].price, view.open[2]);
}

TEST(PaperAccount, what_is_stopped_does_not_open) {
  RandomSession session(8);
  session.plan.account = {};
  session.plan.lots.clear();
  session.plan.slots.resize(1);
  auto account = std::move(PaperAccount::make(session.plan)).value();
  const auto symbol = session.plan.slots[0].instrument;
  const auto view = session.candles[symbol].view();
  strategies::Signal buy;
  buy.confidence = 1;
  const std::vector<backtest::SteppedSignal> signals = {{0, buy}};
  EXPECT_TRUE(
      account
          ->step(view.open_time[0], std::vector{backtest::SteppedCandle{symbol, view[0]}}, signals)
          .fills.empty());
  account->stop_entry(0);
  EXPECT_TRUE(
      account->step(view.open_time[1], std::vector{backtest::SteppedCandle{symbol, view[1]}}, {})
          .fills.empty());
}

TEST(PaperAccount, refuses_strategies_it_does_not_know) {
  RandomSession session(8);
  session.plan.slots[0].strategy = "no_such_strategy";
  const auto made = PaperAccount::make(session.plan);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().field, "strategy");
}

}  // namespace
}  // namespace hts::paper::test
