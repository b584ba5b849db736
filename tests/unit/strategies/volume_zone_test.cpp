#include "engine/strategies/volume_zone.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

struct Window {
  std::vector<PriceSpan> spans;

  void add(double low, double high, double traded) { spans.push_back({low, high, traded}); }
  [[nodiscard]] PriceBins bins(std::size_t count) const {
    double lowest = spans[0].bottom;
    double highest = spans[0].top;
    for (const auto& span : spans) {
      lowest = std::min(lowest, span.bottom);
      highest = std::max(highest, span.top);
    }
    return PriceBins::over(lowest, highest, count);
  }
};

std::size_t resistance(const Window& window, std::size_t bins, double share) {
  std::vector<double> scratch;
  return resistance_bin(window.bins(bins), window.spans, share, scratch);
}

/// The definition in its plainest form: every span against every bin.
std::size_t plain_resistance(const Window& window, std::size_t count, double share) {
  const auto bins = window.bins(count);
  std::vector<double> volumes(count, 0);
  double total = 0;
  for (const auto& [bottom, top, volume] : window.spans) {
    total += volume;
    if (top == bottom) {
      const double position = std::floor((bottom - bins.lowest) / bins.width);
      volumes[std::min(static_cast<std::size_t>(position), count - 1)] += volume;
      continue;
    }
    for (std::size_t k = 0; k < count; ++k) {
      const double overlap = std::min(top, bins.edge(k + 1)) - std::max(bottom, bins.edge(k));
      if (overlap > 0) volumes[k] += volume * (overlap / (top - bottom));
    }
  }
  double sum = 0;
  for (std::size_t k = count - 1; k > 0; --k) {
    sum += volumes[k];
    if (sum >= share * total) return k;
  }
  return 0;
}

TEST(PriceBins, reach_exactly_from_the_lowest_to_the_highest_price) {
  const auto bins = PriceBins::over(0.1, 0.7, 7);
  EXPECT_EQ(bins.edge(0), 0.1);
  EXPECT_EQ(bins.edge(7), 0.7);
  EXPECT_EQ(bins.holding(0.1), 0U);
  EXPECT_EQ(bins.holding(0.7), 6U);
  EXPECT_EQ(bins.holding(0.05), 0U);
  EXPECT_EQ(bins.holding(9.0), 6U);
  EXPECT_EQ(bins.holding(std::numeric_limits<double>::quiet_NaN()), 0U);
}

TEST(PriceBins, over_equal_prices_split_nothing) {
  EXPECT_FALSE(PriceBins::over(5, 5, 20).splits());
  EXPECT_TRUE(PriceBins::over(5, 5.1, 20).splits());
  // A distance that cannot be divided is none.
  EXPECT_FALSE(PriceBins::over(5e-324, 1e-323, 20).splits());
}

TEST(ResistanceBin, is_where_the_share_is_reached_from_the_top_down) {
  Window window;  // ten bins of height 10: volumes 50 at the bottom, 30 in the middle, 20 on top
  window.add(100, 110, 50);
  window.add(150, 160, 30);
  window.add(190, 200, 20);
  EXPECT_EQ(resistance(window, 10, 0.2), 9U);   // the top bin alone is exactly the share
  EXPECT_EQ(resistance(window, 10, 0.21), 5U);  // a little more needs the middle
  EXPECT_EQ(resistance(window, 10, 0.5), 5U);
  EXPECT_EQ(resistance(window, 10, 0.51), 0U);
}

TEST(ResistanceBin, a_volume_is_spread_in_proportion_to_the_overlap) {
  Window window;
  window.add(100, 200, 100);  // ten bins, ten in each
  EXPECT_EQ(resistance(window, 10, 0.05), 9U);
  EXPECT_EQ(resistance(window, 10, 0.25), 7U);
  EXPECT_EQ(resistance(window, 10, 0.5), 5U);
  window.add(195, 205, 100);  // bins of 10.5: the top one holds 95 % of it and 5.5 of the first
  EXPECT_EQ(resistance(window, 10, 0.5), 9U);
}

TEST(ResistanceBin, a_span_without_height_goes_into_the_bin_that_holds_it) {
  Window window;
  window.add(100, 100, 1);
  window.add(200, 200, 1);
  window.add(150, 150, 2);  // exactly on the edge of bin 5, which it belongs to
  EXPECT_EQ(resistance(window, 10, 0.25), 9U);
  EXPECT_EQ(resistance(window, 10, 0.5), 5U);
}

TEST(ResistanceBin, agrees_with_every_span_against_every_bin) {
  made::Numbers numbers{11};
  for (int round = 0; round < 3000; ++round) {
    Window window;
    const std::size_t bins = 5 + numbers.below(96);
    const double unit = numbers.below(2) == 0 ? 1 : std::nextafter(100.0, 200.0) - 100.0;
    for (std::size_t i = 0; i < 2 + numbers.below(30); ++i) {
      const double low = 100 + unit * static_cast<double>(numbers.below(40));
      const double high = low + unit * static_cast<double>(numbers.below(4));
      window.add(low, high, static_cast<double>(numbers.below(5)));
    }
    if (!window.bins(bins).splits()) continue;
    for (const double share : {0.05, 0.2, 0.25, 0.5}) {
      ASSERT_EQ(resistance(window, bins, share), plain_resistance(window, bins, share)) << round;
    }
  }
}

}  // namespace
}  // namespace hts::strategies
