#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/strategies/volume_zone.hpp"
#include "engine/strategies/volume_zone_breakout.hpp"
#include "made_candles.hpp"

/// The fast strategy against the definition, candle by candle, on series made to hit ties.
namespace hts::strategies {
namespace {

struct Settings {
  std::int64_t window;
  std::int64_t bins;
  double share;
  double buffer;
  bool wicks;

  [[nodiscard]] Parameters parameters() const {
    return made::parameters("volume_zone_breakout", {{"volume_window", window},
                                                     {"num_bins", bins},
                                                     {"top_percentile", share},
                                                     {"breakout_buffer", buffer},
                                                     {"include_wicks", wicks}});
  }
};

const Settings all_settings[] = {{60, 20, 0.2, 0.01, true}, {60, 20, 0.2, 0.0, true},
                                 {20, 5, 0.5, 0.0, false},  {2, 5, 0.05, 0.0, true},
                                 {7, 100, 0.25, 0.0, true}, {13, 10, 0.1, 0.001, false},
                                 {33, 64, 0.5, 0.0, true}};

/// The definition applied to each window anew, without anything carried along.
std::vector<IndexedSignal> plain_signals(const market::CandleSeries& candles,
                                         const Settings& settings) {
  std::vector<IndexedSignal> signals;
  std::vector<double> scratch;
  const auto window = static_cast<std::size_t>(settings.window);
  for (std::size_t i = window; i < candles.size(); ++i) {
    std::vector<PriceSpan> spans;
    double total = 0;
    double lowest = std::numeric_limits<double>::infinity();
    double highest = 0;
    for (std::size_t j = i - window; j < i; ++j) {
      const auto c = candles[j];
      spans.push_back({settings.wicks ? c.low : std::min(c.open, c.close),
                       settings.wicks ? c.high : std::max(c.open, c.close), c.volume});
      total += c.volume;
      lowest = std::min(lowest, spans.back().bottom);
      highest = std::max(highest, spans.back().top);
    }
    const auto bins = PriceBins::over(lowest, highest, static_cast<std::size_t>(settings.bins));
    if (!bins.splits() || total == 0) continue;
    const auto resistance = resistance_bin(bins, spans, settings.share, scratch);
    const double level = bins.edge(resistance) * (1 + settings.buffer);
    const double high = candles.high[i];
    if (high >= level) {
      signals.push_back({i, {Side::buy, std::min(0.5 + (high - level) / level, 1.0), false, {}}});
    }
  }
  return signals;
}

struct Outcome {
  std::size_t signals = 0;
  std::uint64_t by_definition = 0;
};

/// Every instruction set gives the plain signals, bit for bit.
Outcome expect_plain_signals(const market::CandleSeries& candles, const Settings& settings) {
  const auto expected = plain_signals(candles, settings);
  Outcome outcome{expected.size(), 0};
  for (const auto& variant : volume_above_variants()) {
    VolumeZoneBreakout strategy{settings.parameters(), variant.compute};
    std::vector<IndexedSignal> signals;
    scan_candles(strategy, candles.view(), 0, signals);
    EXPECT_EQ(signals, expected) << variant.instruction_set << ", window " << settings.window;
    outcome.by_definition = strategy.decided_by_definition();
    for (const auto& signal : signals) {
      EXPECT_TRUE(signal.signal.confidence >= 0.5 && signal.signal.confidence <= 1);
    }
  }
  return outcome;
}

/// A random walk on ticks; `spread` 0 gives candles without height.
market::CandleSeries tick_walk(made::Numbers& numbers, std::size_t count, double start, double tick,
                               std::size_t spread, std::size_t volumes) {
  market::CandleSeries candles;
  double place = 200;
  for (std::size_t i = 0; i < count; ++i) {
    const auto step = [&] { return static_cast<double>(numbers.below(spread + 1)); };
    const double open = place;
    place = std::max(50.0, place + static_cast<double>(numbers.below(7)) - 3);
    const double close = place;
    const auto price = [&](double ticks) { return start + ticks * tick; };
    const double reach = spread == 0 ? 0 : 1;
    candles.push_back(made::candle(price(reach * (open - close) + close),
                                   price(std::max(open * reach, close) + step()),
                                   price((reach == 0 ? close : std::min(open, close)) - step()),
                                   price(close), static_cast<double>(numbers.below(volumes))));
  }
  return candles;
}

TEST(VolumeZoneBreakoutProperty, random_prices_and_volumes) {
  made::Numbers numbers{1};
  market::CandleSeries candles;
  double price = 100;
  for (int i = 0; i < 4000; ++i) {
    const double open = price;
    price *= 0.98 + 0.04 * numbers.uniform();
    candles.push_back(made::candle(open, std::max(open, price) * (1 + 0.01 * numbers.uniform()),
                                   std::min(open, price) * (1 - 0.01 * numbers.uniform()), price,
                                   numbers.uniform()));
  }
  for (const auto& settings : all_settings) {
    const auto outcome = expect_plain_signals(candles, settings);
    EXPECT_GT(outcome.signals, 200U);
    EXPECT_LT(outcome.by_definition, 10U);  // else the fast path would be no use
  }
}

TEST(VolumeZoneBreakoutProperty, prices_on_ticks_and_few_volumes_tie_often) {
  made::Numbers numbers{2};
  std::uint64_t by_definition = 0;
  for (const double tick : {1.0, 0.01, 1000.0}) {
    for (const std::size_t spread : {std::size_t{0}, std::size_t{1}, std::size_t{5}}) {
      const auto candles = tick_walk(numbers, 1200, 100 * tick, tick, spread, 4);
      for (const auto& settings : all_settings) {
        by_definition += expect_plain_signals(candles, settings).by_definition;
      }
    }
  }
  EXPECT_GT(by_definition, 100U);  // else no tie was ever tried
}

TEST(VolumeZoneBreakoutProperty, equal_spans_with_equal_volumes_tie_in_every_bin) {
  for (const double volume : {1.0, 0.1, 3.0, 1e-9, 1e12}) {
    market::CandleSeries candles;
    for (int i = 0; i < 150; ++i) {
      const double high = 110 + (i % 3 == 0 ? 10 : 0);
      candles.push_back(made::candle(100, high, 100, 105, volume));
    }
    std::uint64_t by_definition = 0;
    for (const auto& settings : all_settings) {
      by_definition += expect_plain_signals(candles, settings).by_definition;
    }
    EXPECT_GT(by_definition, 0U);
  }
}

TEST(VolumeZoneBreakoutProperty, prices_exactly_on_edges) {
  // Windows that span exactly num_bins ticks: every price lies on an edge.
  made::Numbers numbers{3};
  for (const auto& settings : all_settings) {
    for (const double tick : {1.0, 0.1, 1e-6}) {
      market::CandleSeries candles;
      const auto bins = static_cast<std::size_t>(settings.bins);
      for (int i = 0; i < 600; ++i) {
        const auto low = static_cast<double>(numbers.below(bins));
        const double high = numbers.below(2) == 0 ? low : low + 1;
        const double base = 1000 * tick;
        candles.push_back(made::candle(base + low * tick, base + high * tick, base + low * tick,
                                       base + high * tick, static_cast<double>(numbers.below(3))));
      }
      expect_plain_signals(candles, settings);
    }
  }
}

TEST(VolumeZoneBreakoutProperty, volumes_of_very_different_size_and_none) {
  made::Numbers numbers{4};
  const double volumes[] = {0, 1e-9, 1, 1e6, 1e12};
  auto candles = tick_walk(numbers, 2000, 100, 0.5, 4, 2);
  for (auto& volume : candles.volume) volume = volumes[numbers.below(std::size(volumes))];
  for (const auto& settings : all_settings) expect_plain_signals(candles, settings);
}

TEST(VolumeZoneBreakoutProperty, a_range_of_a_few_of_the_smallest_steps) {
  made::Numbers numbers{5};
  market::CandleSeries candles;
  const double step = std::nextafter(100.0, 200.0) - 100.0;
  for (int i = 0; i < 1500; ++i) {
    const double low = 100 + step * static_cast<double>(numbers.below(9));
    const double high = low + step * static_cast<double>(numbers.below(3));
    candles.push_back(
        made::candle(low, high, low, high, static_cast<double>(1 + numbers.below(3))));
  }
  for (const auto& settings : all_settings) expect_plain_signals(candles, settings);
}

TEST(VolumeZoneBreakoutProperty, thin_candles_beside_a_wide_one) {
  made::Numbers numbers{6};
  market::CandleSeries candles;
  for (int i = 0; i < 1500; ++i) {
    const double low = 100 + static_cast<double>(numbers.below(20));
    const double high = i % 11 == 0 ? 120 : std::nextafter(low, 1000);
    candles.push_back(made::candle(low, high, low, high, static_cast<double>(numbers.below(3))));
  }
  for (const auto& settings : all_settings) expect_plain_signals(candles, settings);
}

TEST(VolumeZoneBreakoutProperty, magnitudes_at_which_products_overflow_or_vanish) {
  made::Numbers numbers{7};
  for (const double scale : {1e-300, 1e-160, 1e-90, 1e-70, 1e70, 1e90, 1e160, 1e290}) {
    auto candles = tick_walk(numbers, 400, 100 * scale, scale, 3, 5);
    for (const auto& settings : all_settings) expect_plain_signals(candles, settings);
    for (auto& volume : candles.volume) volume *= 1e300;
    for (const auto& settings : all_settings) expect_plain_signals(candles, settings);
    for (auto& volume : candles.volume) volume *= 1e-300 * 1e-300;
    for (const auto& settings : all_settings) expect_plain_signals(candles, settings);
  }
}

}  // namespace
}  // namespace hts::strategies
