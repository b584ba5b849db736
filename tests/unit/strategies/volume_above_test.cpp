#include "engine/strategies/volume_above.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

struct Spans {
  std::vector<double> top;
  std::vector<double> height;
  std::vector<double> density;
};

Spans random_spans(std::size_t count, made::Numbers& numbers) {
  Spans spans;
  for (std::size_t i = 0; i < count; ++i) {
    const double height = 0.01 + numbers.uniform() * 5;
    spans.top.push_back(95 + numbers.uniform() * 10);
    spans.height.push_back(height);
    spans.density.push_back(numbers.uniform() * 100 / height);
  }
  return spans;
}

double plain(const Spans& spans, double edge) {
  long double sum = 0;
  for (std::size_t i = 0; i < spans.top.size(); ++i) {
    const double above = std::clamp(spans.top[i] - edge, 0.0, spans.height[i]);
    sum += static_cast<long double>(spans.density[i]) * above;
  }
  return static_cast<double>(sum);
}

TEST(VolumeAbove, every_variant_adds_up_what_lies_above_the_edge_for_every_count) {
  made::Numbers numbers{7};
  for (std::size_t count = 0; count <= 70; ++count) {
    const auto spans = random_spans(count, numbers);
    for (const double edge : {80.0, 97.0, 99.5, 101.0, 120.0}) {
      const double expected = plain(spans, edge);
      for (const auto& variant : volume_above_variants()) {
        SCOPED_TRACE(std::string{variant.instruction_set} + ", " + std::to_string(count));
        const double sum = variant.compute(spans.top.data(), spans.height.data(),
                                           spans.density.data(), count, edge);
        ASSERT_NEAR(sum, expected, 1e-13 * expected);
      }
    }
  }
}

TEST(VolumeAbove, nothing_behind_the_last_span_is_looked_at) {
  made::Numbers numbers{8};
  for (std::size_t count = 1; count <= 9; ++count) {
    auto spans = random_spans(count, numbers);
    const double expected = plain(spans, 90);
    for (auto* column : {&spans.top, &spans.height, &spans.density}) {
      column->insert(column->end(), 8, 1e9);
    }
    for (const auto& variant : volume_above_variants()) {
      EXPECT_NEAR(
          variant.compute(spans.top.data(), spans.height.data(), spans.density.data(), count, 90),
          expected, 1e-13 * expected);
    }
  }
}

TEST(VolumeAbove, the_plain_variant_is_always_there_and_the_fastest_is_the_last) {
  const auto& variants = volume_above_variants();
  ASSERT_FALSE(variants.empty());
  EXPECT_EQ(variants.front().instruction_set, "scalar");
  EXPECT_EQ(fastest_volume_above(), variants.back().compute);
}

}  // namespace
}  // namespace hts::strategies
