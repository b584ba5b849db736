#include "engine/strategies/volume_zone_breakout.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

using Given = std::vector<NamedValue>;

std::vector<IndexedSignal> zone_signals(const market::CandleSeries& candles, const Given& given) {
  return made::signals_of(VolumeZoneBreakout{made::parameters("volume_zone_breakout", given)},
                          candles);
}

/// Three candles over ten bins of height 10: 50 % of the volume in 100..110, 30 % in 150..160, 20 %
/// in 190..200; then one with this high. With the share of 0.2 the resistance is 190.
const Given three_bars = {
    {"volume_window", std::int64_t{3}}, {"num_bins", std::int64_t{10}}, {"breakout_buffer", 0.0}};

market::CandleSeries three_zones() {
  market::CandleSeries candles;
  candles.push_back(made::candle(100, 110, 100, 110, 50));
  candles.push_back(made::candle(150, 160, 150, 160, 30));
  candles.push_back(made::candle(190, 200, 190, 200, 20));
  return candles;
}

Given with(Given given, const NamedValue& changed) {
  for (auto& value : given) {
    if (value.first == changed.first) {
      value.second = changed.second;
      return given;
    }
  }
  given.push_back(changed);
  return given;
}

bool bought_at(double high, const Given& given) {
  auto candles = three_zones();
  candles.push_back(made::candle(100, high, 100, 100, 5));
  const auto signals = zone_signals(candles, given);
  for (const auto& signal : signals) EXPECT_EQ(signal.index, 3U);
  return !signals.empty();
}

TEST(VolumeZoneBreakout, a_high_exactly_at_the_resistance_is_bought_and_one_below_it_is_not) {
  EXPECT_TRUE(bought_at(190, three_bars));
  EXPECT_FALSE(bought_at(std::nextafter(190, 0), three_bars));
}

TEST(VolumeZoneBreakout, the_buffer_lifts_the_level) {
  const auto given = with(three_bars, {"breakout_buffer", 0.05});
  const double level = 190 * 1.05;
  EXPECT_TRUE(bought_at(level, given));
  EXPECT_FALSE(bought_at(std::nextafter(level, 0), given));
}

TEST(VolumeZoneBreakout, a_larger_share_reaches_further_down) {
  const auto given = with(three_bars, {"top_percentile", 0.5});
  EXPECT_TRUE(bought_at(150, given));
  EXPECT_FALSE(bought_at(std::nextafter(150, 0), given));
}

TEST(VolumeZoneBreakout, the_bins_decide_where_the_resistance_is) {
  // Five bins of height 20: the top one is 180..200.
  const auto given = with(three_bars, {"num_bins", std::int64_t{5}});
  EXPECT_TRUE(bought_at(180, given));
  EXPECT_FALSE(bought_at(std::nextafter(180, 0), given));
}

TEST(VolumeZoneBreakout, without_wicks_a_candle_spans_its_body) {
  auto candles = three_zones();
  // Wicks that would stretch the bins to 50..400; falling and rising bodies span the same.
  candles.high[0] = 400;
  candles.low[2] = 50;
  candles.open[1] = 160;
  candles.close[1] = 150;
  candles.push_back(made::candle(100, 190, 100, 100, 5));
  EXPECT_EQ(zone_signals(candles, with(three_bars, {"include_wicks", false})).size(), 1U);
  EXPECT_TRUE(zone_signals(candles, three_bars).empty());
}

TEST(VolumeZoneBreakout, confidence_grows_with_the_distance_from_the_level_up_to_one) {
  const auto confidence = [](double high) {
    auto candles = three_zones();
    candles.push_back(made::candle(100, high, 100, 100, 5));
    return zone_signals(candles, three_bars).at(0).signal.confidence;
  };
  EXPECT_EQ(confidence(190), 0.5);
  EXPECT_DOUBLE_EQ(confidence(209), 0.6);
  EXPECT_EQ(confidence(285), 1);
  EXPECT_EQ(confidence(1900), 1);
}

TEST(VolumeZoneBreakout, this_candle_is_not_part_of_its_own_window) {
  auto candles = three_zones();
  candles.push_back(made::candle(100, 190, 100, 100, 1e9));
  EXPECT_EQ(zone_signals(candles, three_bars).size(), 1U);
}

TEST(VolumeZoneBreakout, is_silent_until_the_window_is_full) {
  market::CandleSeries candles;
  for (int i = 0; i < 30; ++i) candles.push_back(made::candle(100, 110, 90, 100, 1));
  const auto signals =
      zone_signals(candles, {{"volume_window", std::int64_t{12}}, {"breakout_buffer", 0.0}});
  ASSERT_EQ(signals.size(), 18U);
  EXPECT_EQ(signals.front().index, 12U);
}

TEST(VolumeZoneBreakout, the_bins_are_those_of_the_current_window) {
  market::CandleSeries candles;
  for (int i = 0; i < 5; ++i) candles.push_back(made::candle(1000, 1100, 900, 1000, 1e6));
  for (int i = 0; i < 3; ++i) candles.push_back(made::candle(10, 11, 9, 10, 1));
  candles.push_back(made::candle(10, 10.9, 10, 10, 1));
  const auto signals = zone_signals(candles, three_bars);
  ASSERT_FALSE(signals.empty());
  EXPECT_EQ(signals.back().index, 8U);
}

TEST(VolumeZoneBreakout, a_flat_window_is_silent_only_while_it_is_flat) {
  market::CandleSeries candles;
  for (int i = 0; i < 10; ++i) candles.push_back(made::flat(100, 1));
  candles.push_back(made::flat(150, 1));  // far above, but the window before it is flat
  candles.push_back(made::flat(150, 1));  // the window now holds 100 and 150
  for (int i = 0; i < 3; ++i) candles.push_back(made::flat(150, 1));
  const auto signals = zone_signals(candles, three_bars);
  ASSERT_EQ(signals.size(), 2U);
  EXPECT_EQ(signals[0].index, 11U);
  EXPECT_EQ(signals[1].index, 12U);
}

TEST(VolumeZoneBreakout, a_window_without_volume_is_silent_only_while_it_has_none) {
  market::CandleSeries candles;
  for (int i = 0; i < 6; ++i) candles.push_back(made::candle(100, 110, 90, 100, 0));
  candles.push_back(made::candle(100, 110, 90, 100, 1));
  candles.push_back(made::candle(100, 110, 90, 100, 0));
  const auto signals = zone_signals(candles, three_bars);
  ASSERT_EQ(signals.size(), 1U);
  EXPECT_EQ(signals[0].index, 7U);
}

}  // namespace
}  // namespace hts::strategies
