#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/column_cache.hpp"
#include "engine/strategies/sma_cross.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "made_candles.hpp"

namespace hts::strategies {
namespace {

/// Random candles of which many are equal, so that averages often are.
market::CandleSeries coarse_candles(std::size_t count, std::uint64_t seed) {
  made::Numbers numbers{seed};
  market::CandleSeries candles;
  for (std::size_t i = 0; i < count; ++i) {
    candles.push_back(made::flat(1.0 + static_cast<double>(numbers.below(3)), 1));
  }
  return candles;
}

std::vector<IndexedSignal> by_candles(const StrategyDefinition& definition,
                                      const Parameters& parameters, market::CandleView candles) {
  std::vector<IndexedSignal> signals;
  definition.make(parameters).scan(candles, 0, signals);
  return signals;
}

std::vector<IndexedSignal> by_columns(const StrategyDefinition& definition,
                                      const Parameters& parameters, market::CandleView candles,
                                      ColumnCache& cache) {
  std::vector<IndexedSignal> signals;
  cache.begin_scan();
  definition.scan_columns(parameters, candles, cache, signals);
  return signals;
}

/// For a strategy of a fast and a slow window.
void expect_equal_scans(const StrategyDefinition& definition, std::uint64_t seed) {
  ASSERT_TRUE(definition.scan_columns) << definition.name;
  made::Numbers numbers{seed};
  const std::vector<market::CandleSeries> markets = {
      market::make_synthetic_candles({}, time::Timestamp{}, market::Timeframe::minute(), 70'000,
                                     seed),
      coarse_candles(2'000, seed),
      coarse_candles(30, seed),
      coarse_candles(1, seed),
      {}};
  std::size_t signals = 0;
  for (const auto& candles : markets) {
    ColumnCache cache{std::size_t{8} << 20U};
    for (int round = 0; round < 30; ++round) {
      const auto fast = static_cast<std::int64_t>(1 + numbers.below(60));
      const auto slow = fast + 1 + static_cast<std::int64_t>(numbers.below(60));
      const auto parameters = resolve_for(definition, {{"fast", fast}, {"slow", slow}});
      ASSERT_TRUE(parameters);
      const auto expected = by_candles(definition, *parameters, candles.view());
      EXPECT_EQ(by_columns(definition, *parameters, candles.view(), cache), expected)
          << definition.name << " " << fast << " " << slow << " " << candles.size();
      signals += expected.size();
    }
  }
  EXPECT_GT(signals, 1000U);
}

TEST(ColumnScan, of_sma_cross_gives_the_signals_of_on_candle) {
  expect_equal_scans(define_strategy<SmaCross>(), 1);
}

TEST(ColumnScan, is_declared_by_none_that_has_none) {
  const auto long_candle = find_strategy("volume_long_candle");
  ASSERT_TRUE(long_candle);
  EXPECT_FALSE((*long_candle)->scan_columns);
}

}  // namespace
}  // namespace hts::strategies
