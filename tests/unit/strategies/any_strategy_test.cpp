#include "engine/strategies/any_strategy.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "made_candles.hpp"

namespace hts::strategies {
namespace {

using testing::HasSubstr;

struct Case {
  const StrategyDefinition* definition;
  Parameters parameters;
};

/// Both strategies with windows that are short beside the series and signals that are frequent.
std::vector<Case> cases() {
  return {{*find_strategy("volume_long_candle"),
           made::parameters(
               "volume_long_candle",
               {{"vol_ma_window", std::int64_t{7}}, {"vol_multiplier", 1.0}, {"body_pct", 0.005}})},
          {*find_strategy("volume_zone_breakout"),
           made::parameters("volume_zone_breakout", {{"volume_window", std::int64_t{20}}})},
          {*find_strategy("volume_zone_breakout"),
           made::parameters("volume_zone_breakout", {{"volume_window", std::int64_t{13}},
                                                     {"breakout_buffer", 0.0},
                                                     {"include_wicks", false}})}};
}

market::CandleSeries lively_candles(std::size_t count) {
  return market::make_synthetic_candles({}, time::Timestamp{}, market::Timeframe::day(), count, 9);
}

std::vector<IndexedSignal> live_signals(AnyStrategy& strategy, const market::CandleSeries& candles,
                                        std::size_t begin) {
  std::vector<IndexedSignal> signals;
  for (std::size_t i = begin; i < candles.size(); ++i) {
    if (const auto signal = strategy.on_candle(candles[i])) signals.push_back({i, *signal});
  }
  return signals;
}

TEST(AnyStrategy, candle_by_candle_and_in_one_scan_the_signals_are_equal) {
  const auto candles = lively_candles(2000);
  for (const auto& [definition, parameters] : cases()) {
    auto live = definition->make(parameters);
    auto scanning = definition->make(parameters);
    std::vector<IndexedSignal> scanned;
    scanning.scan(candles.view().slice(0, 777), 0, scanned);
    scanning.scan(candles.view().slice(777, 1223), 777, scanned);
    EXPECT_GT(scanned.size(), 50U) << definition->name;
    EXPECT_EQ(live_signals(live, candles, 0), scanned) << definition->name;
  }
}

TEST(AnyStrategy, a_snapshot_restored_at_any_bar_goes_on_with_the_same_signals) {
  const auto candles = lively_candles(150);
  for (const auto& [definition, parameters] : cases()) {
    auto whole = definition->make(parameters);
    const auto expected = live_signals(whole, candles, 0);
    ASSERT_GT(expected.size(), 5U) << definition->name;

    auto running = definition->make(parameters);
    for (std::size_t cut = 0; cut < candles.size(); ++cut) {
      auto resumed = definition->make(parameters);
      const auto restored = resumed.restore(running.snapshot());
      ASSERT_TRUE(restored.ok()) << restored.error().message;
      ASSERT_EQ(resumed.snapshot(), running.snapshot());
      std::vector<IndexedSignal> rest;
      for (const auto& signal : expected) {
        if (signal.index >= cut) rest.push_back(signal);
      }
      ASSERT_EQ(live_signals(resumed, candles, cut), rest) << definition->name << " at " << cut;
      running.on_candle(candles[cut]);
    }
  }
}

TEST(AnyStrategy, a_snapshot_replaces_all_that_was_there_before) {
  const auto candles = lively_candles(300);
  for (const auto& [definition, parameters] : cases()) {
    auto fresh = definition->make(parameters);
    auto used = definition->make(parameters);
    for (std::size_t i = 0; i < 33; ++i) used.on_candle(candles[299 - i]);
    ASSERT_TRUE(used.restore(fresh.snapshot()).ok());
    EXPECT_EQ(live_signals(used, candles, 0), live_signals(fresh, candles, 0));
  }
}

TEST(AnyStrategy, signals_depend_on_nothing_older_than_the_window) {
  const auto candles = lively_candles(400);
  for (const auto& [definition, parameters] : cases()) {
    auto whole = definition->make(parameters);
    auto late = definition->make(parameters);
    for (std::size_t i = 0; i < 100; ++i) whole.on_candle(candles[i]);
    for (std::size_t i = 79; i < 100; ++i) late.on_candle(candles[i]);
    EXPECT_EQ(live_signals(late, candles, 100), live_signals(whole, candles, 100));
  }
}

class RefusedSnapshot : public testing::Test {
 protected:
  void expect_refused(const StrategySnapshot& snapshot, const char* reason) {
    const auto before = strategy_.snapshot();
    const auto restored = strategy_.restore(snapshot);
    ASSERT_FALSE(restored.ok()) << reason;
    EXPECT_EQ(restored.error().code, result::ErrorCode::conflict);
    EXPECT_THAT(restored.error().message, HasSubstr(reason));
    EXPECT_EQ(strategy_.snapshot(), before);
  }

  Parameters parameters_ =
      made::parameters("volume_zone_breakout", {{"volume_window", std::int64_t{5}}});
  AnyStrategy strategy_ = (*find_strategy("volume_zone_breakout"))->make(parameters_);
};

TEST_F(RefusedSnapshot, of_another_strategy_version_or_parameters) {
  auto snapshot = strategy_.snapshot();
  snapshot.strategy = "volume_long_candle";
  expect_refused(snapshot, "volume_long_candle");
  snapshot = strategy_.snapshot();
  snapshot.state_version += 1;
  expect_refused(snapshot, "version");
  snapshot = strategy_.snapshot();
  snapshot.parameters[0].second = std::int64_t{6};
  expect_refused(snapshot, "other parameters");
}

TEST_F(RefusedSnapshot, of_a_wrong_size_or_with_numbers_that_no_candle_has) {
  for (int i = 0; i < 7; ++i) strategy_.on_candle(made::candle(10, 12, 9, 11, 3));
  const auto good = strategy_.snapshot();
  ASSERT_EQ(good.numbers.size(), 16U);
  auto snapshot = good;
  for (snapshot.numbers.pop_back(); !snapshot.numbers.empty(); snapshot.numbers.pop_back()) {
    expect_refused(snapshot, "damaged");
  }
  expect_refused(snapshot, "damaged");
  snapshot = good;
  snapshot.numbers.insert(snapshot.numbers.end(), {9, 12, 3});
  snapshot.numbers[0] = 6;
  expect_refused(snapshot, "damaged");
  for (std::size_t i = 0; i < good.numbers.size(); ++i) {
    for (const double wrong : {-1.0, std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity()}) {
      snapshot = good;
      snapshot.numbers[i] = wrong;
      expect_refused(snapshot, "damaged");
    }
  }
}

TEST_F(RefusedSnapshot, of_volumes_that_are_none) {
  const auto parameters =
      made::parameters("volume_long_candle", {{"vol_ma_window", std::int64_t{4}}});
  auto strategy = (*find_strategy("volume_long_candle"))->make(parameters);
  for (int i = 0; i < 6; ++i) strategy.on_candle(made::candle(10, 12, 9, 11, 3));
  const auto good = strategy.snapshot();
  ASSERT_EQ(good.numbers, (std::vector<double>{4, 3, 3, 3, 3}));
  for (const auto& numbers : std::vector<std::vector<double>>{
           {}, {4}, {4, 3, 3, 3}, {5, 3, 3, 3, 3, 3}, {4, 3, 3, 3, -3}, {3, 3, 3, 3, 3}}) {
    auto snapshot = good;
    snapshot.numbers = numbers;
    EXPECT_FALSE(strategy.restore(snapshot).ok());
    EXPECT_EQ(strategy.snapshot(), good);
  }
}

TEST(AnyStrategy, unsound_numbers_do_not_crash_it) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const double odd[] = {nan, infinite, -infinite, 0, -1, 1e308, 5e-324, 100};
  made::Numbers numbers{5};
  for (const auto& [definition, parameters] : cases()) {
    auto strategy = definition->make(parameters);
    for (int i = 0; i < 20000; ++i) {
      const auto pick = [&] { return odd[numbers.below(std::size(odd))]; };
      const double high = pick();
      strategy.on_candle(made::candle(pick(), high, pick(), pick(), pick()));
    }
    // Back among sound candles it speaks sense again.
    const auto candles = lively_candles(300);
    auto fresh = definition->make(parameters);
    for (std::size_t i = 0; i < 50; ++i) {
      strategy.on_candle(candles[i]);
      fresh.on_candle(candles[i]);
    }
    EXPECT_EQ(live_signals(strategy, candles, 50), live_signals(fresh, candles, 50));
  }
}

}  // namespace
}  // namespace hts::strategies
