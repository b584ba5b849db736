#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/sma_cross.hpp"
#include "scripted_market.hpp"

namespace hts::backtest::test {
namespace {

/// A draw of an account and a market.
struct Draw {
  market::CandleSeries candles;
  strategies::StrategyDefinition definition = strategies::define_strategy<strategies::SmaCross>();
  PortfolioPlan plan;

  explicit Draw(unsigned seed) {
    std::mt19937 random(seed);
    const auto any = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
    market::SyntheticMarket market;
    market.volatility = 0.002 * (1 + any(20));
    candles = market::make_synthetic_candles(market, time::from_milliseconds(first_minute * 60'000),
                                             market::Timeframe::minute(), 200 + any(1'500), seed);
    const auto fast = static_cast<std::int64_t>(1 + any(8));
    const auto slow = fast + static_cast<std::int64_t>(1 + any(20));
    plan.symbols = {market::Symbol::parse("KRW-BTC").value()};
    plan.slots = {
        {0, &definition, *strategies::resolve_for(definition, {{"fast", fast}, {"slow", slow}})}};
    auto& settings = plan.settings;
    settings.direction =
        std::array{Direction::long_only, Direction::short_only, Direction::both}[any(3)];
    settings.fill_at = any(3) == 0 ? FillAt::close : FillAt::next_open;
    settings.fees.taker_rate = 0.001 * any(3);
    settings.fees.minimum = any(4) == 0 ? 3 : 0;
    if (any(2) == 0) settings.slippage = {trading::Slippage::Model::percent, 0.0005};
    if (any(4) == 0) settings.slippage = {trading::Slippage::Model::volume_share, 0.1};
    if (any(3) == 0) settings.lot.step = 0.01;
    if (any(3) == 0) settings.leverage = 1 + any(9);
    if (any(3) == 0) settings.maintenance_margin = 0.01 * (1 + any(10));
    if (any(3) == 0) settings.sizing = {trading::Sizing::Rule::percent_of_equity, 40};
  }

  [[nodiscard]] PortfolioResult run() const {
    const std::vector<market::CandleView> views = {candles.view()};
    auto result = simulate(plan, views);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return *result;
  }
};

class Simulations : public testing::TestWithParam<unsigned> {};

TEST_P(Simulations, skipping_quiet_bars_gives_the_same_bits_as_going_bar_by_bar) {
  Draw draw(GetParam());
  const auto skipped = draw.run();
  draw.plan.settings.risk.max_positions = 1'000;  // never reached; looks at every bar
  const auto stepped = draw.run();
  EXPECT_EQ(skipped.trades.size(), stepped.trades.size());
  EXPECT_EQ(skipped, stepped);
}

TEST_P(Simulations, equity_is_cash_and_profits_and_the_last_trade_ends_flat) {
  const auto result = Draw(GetParam()).run();
  double profit = 0;
  double commission = 0;
  for (const auto& trade : result.trades) {
    profit += trade.profit;
    commission += trade.commission;
    EXPECT_LE(trade.entry_bar, trade.exit_bar);
    EXPECT_LE(trade.adverse_excursion, 0);
    EXPECT_GE(trade.favourable_excursion, 0);
  }
  double held = 0;
  for (const auto& fill : result.fills) held += trading::sign_of(fill.side) * fill.quantity;
  EXPECT_NEAR(held, 0, 1e-9);
  EXPECT_NEAR(result.equity.back(), 10'000 + profit, 1e-6);
  EXPECT_NEAR(result.commission, commission, 1e-6);
}

TEST_P(Simulations, see_nothing_of_the_future) {
  Draw draw(GetParam());
  const auto whole = draw.run();
  const std::size_t cut = draw.candles.size() * 2 / 3;
  for (std::size_t i = cut; i < draw.candles.size(); ++i) {
    draw.candles.open[i] *= 3;
    draw.candles.high[i] *= 3;
    draw.candles.low[i] *= 3;
    draw.candles.close[i] *= 3;
  }
  const auto poisoned = draw.run();
  for (std::size_t i = 0; i < cut; ++i) ASSERT_EQ(whole.equity[i], poisoned.equity[i]) << i;
  for (std::size_t i = 0; i < whole.fills.size() && whole.fills[i].time < whole.time[cut]; ++i) {
    ASSERT_EQ(whole.fills[i], poisoned.fills.at(i));
  }
}

INSTANTIATE_TEST_SUITE_P(, Simulations, testing::Range(1U, 61U));

}  // namespace
}  // namespace hts::backtest::test
