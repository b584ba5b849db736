#include "engine/market/volume_sum.hpp"

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

double from_units(std::uint64_t units) {
  std::string digits = std::to_string(units);
  if (digits.size() < 9) digits.insert(0, 9 - digits.size(), '0');
  digits.insert(digits.size() - 8, ".");
  return std::strtod(digits.c_str(), nullptr);
}

TEST(volume_sum, ten_times_a_tenth_is_one) {
  VolumeSum sum;
  for (int i = 0; i < 10; ++i) sum.add(0.1);
  EXPECT_EQ(sum.value(), 1.0);
}

TEST(volume_sum, nothing_is_zero) {
  EXPECT_EQ(VolumeSum{}.value(), 0.0);
}

TEST(volume_sum, decimals_of_eight_digits_add_up_exactly) {
  std::mt19937_64 random(20240808);
  for (int round = 0; round < 2'000; ++round) {
    const std::uint64_t largest = std::uint64_t{1} << (1 + random() % 50);
    VolumeSum sum;
    std::uint64_t units = 0;
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t next = random() % largest;
      units += next;
      sum.add(from_units(next));
    }
    ASSERT_EQ(sum.value(), from_units(units)) << "round " << round;
  }
}

TEST(volume_sum, the_order_of_quantities_does_not_matter) {
  VolumeSum one;
  VolumeSum other;
  for (const double quantity : {1e9, 0.00000001, 123.45678901, 3e14}) one.add(quantity);
  for (const double quantity : {3e14, 123.45678901, 0.00000001, 1e9}) other.add(quantity);
  EXPECT_EQ(one.value(), other.value());
}

TEST(volume_sum, whole_coins_by_the_quadrillion_add_up_exactly) {
  VolumeSum sum;
  for (int i = 0; i < 9; ++i) sum.add(999'999'999'999'999.0);
  EXPECT_EQ(sum.value(), 8'999'999'999'999'991.0);
}

TEST(volume_sum, more_digits_than_eight_lose_nothing_that_can_be_seen) {
  VolumeSum sum;
  for (int i = 0; i < 1'000; ++i) sum.add(0.001000000001);
  EXPECT_DOUBLE_EQ(sum.value(), 1.000000001);
}

}  // namespace
}  // namespace hts::market
