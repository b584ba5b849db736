#include "engine/backtest/portfolio/ledger_replay.hpp"

#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/portfolio_options.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {
namespace {

template <class T>
T one_of(std::mt19937_64& random, std::initializer_list<T> choices) {
  return choices.begin()[random() % choices.size()];
}

/// An account of any kind over one to three symbols.
PortfolioPlan draw_plan(std::mt19937_64& random) {
  const std::vector<NamedText> given = {
      {"cash", one_of(random, {"1000", "100000", "250000000"})},
      {"maker_fee", one_of(random, {"0", "0.0005"})},
      {"taker_fee", one_of(random, {"0", "0.001", "0.0025"})},
      {"min_fee", one_of(random, {"0", "0.01"})},
      {"slippage", one_of(random, {"none", "percent:0.0005", "spread:0.001", "volume-share:0.1"})},
      {"size", one_of(random, {"all-in", "percent:30", "cash:200"})},
      {"lot", one_of(random, {"0", "0.00000001", "0.001"})},
      {"fill_at", one_of(random, {"next-open", "close"})},
      {"direction", one_of(random, {"long", "short", "both"})},
      {"stop_loss", one_of(random, {"0", "0.01", "0.05"})},
      {"take_profit", one_of(random, {"0", "0.02"})},
      {"trailing_stop", one_of(random, {"0", "0.03"})},
      {"intrabar", one_of(random, {"pessimistic", "optimistic"})},
      {"volume_share", one_of(random, {"0", "0.2"})},
      {"leverage", one_of(random, {"1", "3"})},
      {"maintenance_margin", one_of(random, {"0", "0.05"})},
  };
  PortfolioPlan plan;
  plan.settings = read_portfolio_options(given).value().settings;
  const auto* definition = strategies::find_strategy("sma_cross").value();
  const std::size_t symbols = 1 + random() % 3;
  for (std::size_t i = 0; i < symbols; ++i) {
    plan.symbols.push_back(market::Symbol::parse("COIN" + std::to_string(i) + "_KRW").value());
    const auto fast = static_cast<std::int64_t>(2 + random() % 5);
    plan.slots.push_back(
        {i, definition,
         strategies::resolve_for(*definition, {{"fast", fast}, {"slow", fast + 6}}).value()});
  }
  return plan;
}

TEST(LedgerReplay, random_accounts_end_with_the_ledgers_cash) {
  std::mt19937_64 random{20'240'101};
  std::size_t fills = 0;
  for (int account = 0; account < 300; ++account) {
    const PortfolioPlan plan = draw_plan(random);
    std::vector<market::CandleSeries> series;
    for (std::size_t i = 0; i < plan.symbols.size(); ++i) {
      series.push_back(market::make_synthetic_candles({}, time::from_milliseconds(0),
                                                      market::Timeframe::day(), 400, random()));
    }
    std::vector<market::CandleView> views;
    for (const auto& each : series) views.push_back(each.view());
    const auto result = simulate(plan, views);
    ASSERT_TRUE(result.ok()) << result.error().message;
    const auto ledger = replay_fills(plan.settings.cash, result->fills);
    ASSERT_TRUE(ledger.ok()) << ledger.error().message;
    const double expected = result->equity.back();
    EXPECT_LE(std::fabs(ledger->cash().approximate() - expected),
              1e-9 * std::max(plan.settings.cash, std::fabs(expected)))
        << "account " << account;
    for (const auto& [slot, position] : ledger->positions()) {
      EXPECT_LE(std::fabs(position.quantity.approximate()), 1e-9) << "account " << account;
    }
    fills += result->fills.size();
  }
  EXPECT_GT(fills, 10'000U);
}

TEST(LedgerReplay, an_amount_that_does_not_fit_is_said) {
  std::vector<Fill> fills(1);
  fills[0].quantity = 1e40;
  fills[0].price = 1;
  EXPECT_FALSE(replay_fills(1000, fills).ok());
  EXPECT_FALSE(replay_fills(std::nan(""), {}).ok());
}

}  // namespace
}  // namespace hts::backtest
