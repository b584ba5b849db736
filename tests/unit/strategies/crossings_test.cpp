#include "engine/strategies/crossings.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

std::string crossings(const std::vector<double>& fast, const std::vector<double>& slow,
                      OrderColumns order_columns = fastest_order_columns()) {
  std::string text;
  each_crossing(
      fast, slow, [&](std::size_t i) { text += "up " + std::to_string(i) + " "; },
      [&](std::size_t i) { text += "down " + std::to_string(i) + " "; }, order_columns);
  return text;
}

std::string plain_crossings(const std::vector<double>& fast, const std::vector<double>& slow) {
  std::string text;
  for (std::size_t i = 1; i < fast.size(); ++i) {
    if (fast[i - 1] < slow[i - 1] && fast[i] > slow[i]) text += "up " + std::to_string(i) + " ";
    if (fast[i - 1] > slow[i - 1] && fast[i] < slow[i]) text += "down " + std::to_string(i) + " ";
  }
  return text;
}

TEST(Crossings, need_a_side_before_and_the_other_after) {
  EXPECT_EQ(crossings({1, 3, 3, 1}, {2, 2, 2, 2}), "up 1 down 3 ");
}
TEST(Crossings, through_equality_are_none) {
  EXPECT_EQ(crossings({1, 2, 3}, {2, 2, 2}), "");
}
TEST(Crossings, out_of_the_warm_up_are_none) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(crossings({nan, 3, 1}, {2, 2, 2}), "down 2 ");
}
TEST(Crossings, of_rounding_are_none) {
  EXPECT_EQ(crossings({0.1, 0.1 + 3e-17, 0.1 - 3e-17, 0.2}, {0.1, 0.1, 0.1, 0.1}), "");
  EXPECT_EQ(crossings({-0.2, -0.1}, {-0.1, -0.2}), "up 1 ");
}
TEST(Crossings, of_rounding_are_told_apart_alike_by_all_instruction_sets) {
  made::Numbers numbers{7};
  for (int round = 0; round < 2'000; ++round) {
    std::vector<double> values(order_lanes);
    std::vector<double> others(order_lanes);
    for (std::size_t i = 0; i < order_lanes; ++i) {
      others[i] = (numbers.uniform() - 0.3) * 1e6;
      values[i] = others[i] * (1 + (numbers.uniform() - 0.5) * 4e-12);
    }
    const auto scalar = order_columns_variants().front().compare(values.data(), others.data());
    for (const auto& variant : order_columns_variants()) {
      ASSERT_EQ(variant.compare(values.data(), others.data()), scalar) << variant.instruction_set;
    }
  }
}
TEST(Crossings, of_nothing_are_none) {
  EXPECT_EQ(crossings({}, {}), "");
}
TEST(Crossings, are_those_of_the_plain_definition) {
  made::Numbers numbers{42};
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<double> fast;
    std::vector<double> slow;
    for (std::size_t i = 0; i < size; ++i) {
      fast.push_back(static_cast<double>(numbers.below(3)));
      slow.push_back(numbers.below(20) == 0 ? std::numeric_limits<double>::quiet_NaN()
                                            : static_cast<double>(numbers.below(3)));
    }
    for (const auto& variant : order_columns_variants()) {
      ASSERT_EQ(crossings(fast, slow, variant.compare), plain_crossings(fast, slow))
          << size << " " << variant.instruction_set;
    }
  }
}

}  // namespace
}  // namespace hts::strategies
