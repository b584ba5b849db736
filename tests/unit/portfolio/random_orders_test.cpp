#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "scripted_market.hpp"

namespace hts::backtest::test {
namespace {

using trading::OrderRequest;
using trading::OrderType;
using trading::Side;
using trading::TimeInForce;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(engine_() % count); }
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_()) / 4294967296.0;
  }

 private:
  std::mt19937 engine_;
};

OrderRequest any_order(Dice& dice, double close) {
  OrderRequest request;
  request.side = dice.below(2) == 0 ? Side::buy : Side::sell;
  request.type = static_cast<OrderType>(dice.below(5));
  if (dice.below(3) != 0) request.quantity = dice.between(0.01, 60);
  request.limit_price = close * dice.between(0.97, 1.03);
  request.stop_price = close * dice.between(0.97, 1.03);
  request.trail_fraction = dice.between(0.001, 0.05);
  request.time_in_force = static_cast<TimeInForce>(dice.below(4));
  request.reduce_only = dice.below(4) == 0;
  request.one_cancels_other = dice.below(4);
  if (dice.below(3) == 0) {
    request.protection = {dice.between(0, 0.03), dice.between(0, 0.03), dice.between(0, 0.03)};
  }
  return request;
}

/// A market and a script of any orders at any candle.
struct Fuzz {
  market::CandleSeries candles;
  std::unique_ptr<Stage> stage;
  Script script;

  explicit Fuzz(unsigned seed) {
    Dice dice(seed);
    market::SyntheticMarket market;
    market.volatility = 0.01;
    candles = market::make_synthetic_candles(market, time::from_milliseconds(first_minute * 60'000),
                                             market::Timeframe::minute(), 400, seed);
    stage = std::make_unique<Stage>(std::vector<market::CandleSeries>{candles});
    auto& settings = stage->settings;
    settings.cash = candles.close.front() * 100;
    settings.direction = Direction::both;
    settings.fees.maker_rate = 0.0005;
    settings.fees.taker_rate = 0.001;
    settings.intrabar = dice.below(2) == 0 ? Intrabar::pessimistic : Intrabar::optimistic;
    if (dice.below(2) == 0) settings.volume_share = dice.between(0.0001, 0.05);
    if (dice.below(3) == 0) settings.fill_at = FillAt::close;
    if (dice.below(3) == 0) settings.leverage = 3;
    if (dice.below(3) == 0) settings.lot.step = 0.5;
    for (std::size_t bar = 0; bar < candles.size(); ++bar) {
      if (dice.below(3) != 0) continue;
      std::vector<OrderRequest> requests;
      for (auto left = dice.below(3) + 1; left > 0; --left) {
        requests.push_back(any_order(dice, candles.close[bar]));
      }
      const bool clear = dice.below(8) == 0;
      const auto signal = dice.below(6);
      script[bar] = [requests, clear, signal](strategies::Context& context) {
        if (clear) context.desk()->cancel_all();
        for (const auto& request : requests) context.desk()->submit(request);
        if (signal == 0) context.buy(1);
        if (signal == 1) context.sell(1, {0.01, 0.02, 0});
        if (signal == 2) context.exit_long();
      };
    }
  }
};

class RandomOrders : public testing::TestWithParam<unsigned> {};

TEST_P(RandomOrders, fill_inside_their_candle_and_keep_the_books) {
  Fuzz fuzz(GetParam());
  const auto result = fuzz.stage->play(fuzz.script);
  ASSERT_FALSE(result.fills.empty());
  double cash = fuzz.stage->settings.cash;
  double held = 0;
  for (const auto& fill : result.fills) {
    const auto bar = static_cast<std::size_t>(
        std::lower_bound(result.time.begin(), result.time.end(), fill.time) - result.time.begin());
    ASSERT_GE(fill.price, fuzz.candles.low[bar] * (1 - 1e-12));
    ASSERT_LE(fill.price, fuzz.candles.high[bar] * (1 + 1e-12));
    ASSERT_GT(fill.quantity, 0);
    cash -= trading::sign_of(fill.side) * fill.quantity * fill.price + fill.commission;
    held += trading::sign_of(fill.side) * fill.quantity;
  }
  // Paying for coins gives the same account as the simulation's contracts for difference.
  EXPECT_NEAR(held, 0, 1e-6);
  EXPECT_NEAR(cash / result.equity.back(), 1, 1e-9);
  for (const double equity : result.equity) ASSERT_TRUE(std::isfinite(equity));
  EXPECT_TRUE(std::is_sorted(result.trades.begin(), result.trades.end(),
                             [](const auto& a, const auto& b) { return a.exit_bar < b.exit_bar; }));
}

TEST_P(RandomOrders, take_no_more_than_their_share_of_the_volume) {
  Fuzz fuzz(GetParam());
  fuzz.stage->settings.volume_share = 0.01;
  const auto result = fuzz.stage->play(fuzz.script);
  for (const auto& fill : result.fills) {
    if (fill.time == result.time.back()) continue;  // what is left is closed whole at the end
    const auto bar = static_cast<std::size_t>(
        std::lower_bound(result.time.begin(), result.time.end(), fill.time) - result.time.begin());
    if (!result.liquidated) {
      ASSERT_LE(fill.quantity, 0.01 * fuzz.candles.volume[bar] * (1 + 1e-12));
    }
  }
}

TEST_P(RandomOrders, see_nothing_of_the_future) {
  Fuzz fuzz(GetParam());
  const auto whole = fuzz.stage->play(fuzz.script);
  auto poisoned = fuzz.candles;
  const std::size_t cut = poisoned.size() / 2;
  for (std::size_t i = cut; i < poisoned.size(); ++i) {
    for (auto* column : {&poisoned.open, &poisoned.high, &poisoned.low, &poisoned.close}) {
      (*column)[i] *= 0.5;
    }
  }
  Stage other(std::vector<market::CandleSeries>{poisoned});
  other.settings = fuzz.stage->settings;
  const auto result = other.play(fuzz.script);
  for (std::size_t i = 0; i < cut; ++i) ASSERT_EQ(whole.equity[i], result.equity[i]) << i;
}

INSTANTIATE_TEST_SUITE_P(, RandomOrders, testing::Range(1U, 81U));

}  // namespace
}  // namespace hts::backtest::test
