#include "engine/strategies/sma_cross.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::strategies {
namespace {

market::CandleSeries random_candles(std::size_t count, std::uint64_t seed) {
  market::SyntheticMarket market;
  market.volatility = 0.01;
  return market::make_synthetic_candles(market, time::from_milliseconds(1'577'836'800'000),
                                        market::Timeframe::minute(), count, seed);
}

Parameters lengths(std::int64_t fast, std::int64_t slow) {
  return *resolve(SmaCross::schema(), {{"fast", fast}, {"slow", slow}});
}

std::optional<double> mean(const std::vector<double>& closes, std::size_t end, std::size_t length) {
  if (end < length) return std::nullopt;
  double sum = 0;
  for (std::size_t i = end - length; i < end; ++i) sum += closes[i];
  return sum / static_cast<double>(length);
}

TEST(SmaCross, signals_exactly_on_strict_crosses_of_the_two_means) {
  const auto candles = random_candles(3'000, 5);
  for (const auto& [fast, slow] : {std::pair{1, 2}, std::pair{5, 20}, std::pair{20, 60}}) {
    auto strategy = AnyStrategy::of<SmaCross>(lengths(fast, slow));
    std::size_t signals = 0;
    for (std::size_t i = 0; i < candles.size(); ++i) {
      const auto signal = strategy.on_candle(candles[i]);
      const auto length = static_cast<std::size_t>(slow);
      std::optional<Side> expected;
      if (i >= length) {
        const auto size = static_cast<std::size_t>(fast);
        const double before = *mean(candles.close, i, size) - *mean(candles.close, i, length);
        const double now = *mean(candles.close, i + 1, size) - *mean(candles.close, i + 1, length);
        if (before < 0 && now > 0) expected = Side::buy;
        if (before > 0 && now < 0) expected = Side::sell;
      }
      ASSERT_EQ(signal.has_value(), expected.has_value()) << "candle " << i;
      if (!signal) continue;
      EXPECT_EQ(signal->side, *expected);
      ++signals;
    }
    EXPECT_GT(signals, 20U);
  }
}

TEST(SmaCross, does_not_take_rounding_in_a_flat_market_for_a_cross) {
  for (const double price : {0.1, 1234.56, 8.85e-05}) {
    market::CandleSeries candles;
    for (int i = 0; i < 1'000; ++i) {
      const double close = i < 500 ? price : price * 1.01;
      candles.push_back({time::from_milliseconds(i * 60'000), close, close, close, close, 1});
    }
    auto strategy = AnyStrategy::of<SmaCross>(lengths(7, 23));
    for (std::size_t i = 0; i < candles.size(); ++i) {
      EXPECT_FALSE(strategy.on_candle(candles[i]).has_value()) << price << " at " << i;
    }
    ColumnCache cache{1U << 20U};
    cache.begin_scan();
    std::vector<IndexedSignal> signals;
    SmaCross::scan_columns(lengths(7, 23), candles.view(), cache, signals);
    EXPECT_TRUE(signals.empty()) << price;
  }
}

TEST(SmaCross, goes_on_from_a_snapshot_as_if_nothing_had_happened) {
  const auto candles = random_candles(500, 6);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{7}, std::size_t{13}, std::size_t{250}}) {
    auto whole = AnyStrategy::of<SmaCross>(lengths(3, 13));
    for (std::size_t i = 0; i < cut; ++i) static_cast<void>(whole.on_candle(candles[i]));
    auto restored = AnyStrategy::of<SmaCross>(lengths(3, 13));
    ASSERT_TRUE(restored.restore(whole.snapshot()).ok());
    for (std::size_t i = cut; i < candles.size(); ++i) {
      ASSERT_EQ(whole.on_candle(candles[i]), restored.on_candle(candles[i])) << i;
    }
  }
}

TEST(SmaCross, refuses_numbers_that_no_snapshot_holds) {
  SmaCross strategy{lengths(3, 13)};
  auto numbers = strategy.snapshot();
  EXPECT_FALSE(strategy.restore({}).ok());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    auto damaged = numbers;
    damaged[i] = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(strategy.restore(damaged).ok());
  }
  numbers.push_back(0);
  EXPECT_FALSE(strategy.restore(numbers).ok());
}

TEST(SmaCross, needs_a_fast_length_below_the_slow_one) {
  const auto definition = define_strategy<SmaCross>();
  const auto refused =
      resolve_for(definition, {{"fast", std::int64_t{20}}, {"slow", std::int64_t{20}}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().field, "params.fast");
  EXPECT_EQ(definition.warm_up(lengths(5, 20)), 19U);
}

}  // namespace
}  // namespace hts::strategies
