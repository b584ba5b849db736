#include "engine/strategies/volume_above.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

/// Spans in all lanes of all blocks but the last, where the lanes from `left_out` on are none.
std::vector<SpanBlock> random_blocks(std::size_t count, std::size_t left_out,
                                     made::Numbers& numbers) {
  std::vector<SpanBlock> blocks(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t lane = 0; lane < SpanBlock::lanes; ++lane) {
      if (i + 1 == count && lane >= left_out) break;
      blocks[i].top[lane] = 95 + numbers.uniform() * 10;
      blocks[i].height[lane] = 0.01 + numbers.uniform() * 5;
      blocks[i].density[lane] = numbers.uniform() * 100 / blocks[i].height[lane];
    }
  }
  return blocks;
}

double plain_volume_above(const std::vector<SpanBlock>& blocks, double edge) {
  long double sum = 0;
  for (const auto& block : blocks) {
    for (std::size_t lane = 0; lane < SpanBlock::lanes; ++lane) {
      const double above = std::clamp(block.top[lane] - edge, 0.0, block.height[lane]);
      sum += static_cast<long double>(block.density[lane]) * above;
    }
  }
  return static_cast<double>(sum);
}

TEST(VolumeAbove, every_variant_adds_up_what_lies_above_the_edge_for_every_count) {
  made::Numbers numbers{7};
  for (std::size_t count = 0; count <= 20; ++count) {
    for (std::size_t left_out = 1; left_out <= SpanBlock::lanes; ++left_out) {
      const auto blocks = random_blocks(count, left_out, numbers);
      for (const double edge : {80.0, 97.0, 99.5, 101.0, 120.0}) {
        const double expected = plain_volume_above(blocks, edge);
        for (const auto& variant : volume_above_variants()) {
          SCOPED_TRACE(std::string{variant.instruction_set} + ", " + std::to_string(count));
          ASSERT_NEAR(variant.compute(blocks.data(), count, edge), expected, 1e-13 * expected);
        }
      }
    }
  }
}

TEST(VolumeAbove, nothing_behind_the_last_block_is_looked_at) {
  made::Numbers numbers{8};
  for (std::size_t count = 1; count <= 9; ++count) {
    auto blocks = random_blocks(count, SpanBlock::lanes, numbers);
    const double expected = plain_volume_above(blocks, 90);
    blocks.resize(count + 4, {{1e9, 1e9, 1e9, 1e9}, {1e9, 1e9, 1e9, 1e9}, {1, 1, 1, 1}});
    for (const auto& variant : volume_above_variants()) {
      EXPECT_NEAR(variant.compute(blocks.data(), count, 90), expected, 1e-13 * expected);
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
