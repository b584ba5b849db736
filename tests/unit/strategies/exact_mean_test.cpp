#include "engine/strategies/exact_mean.hpp"

#include <cmath>
#include <cstddef>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

TEST(ExactMean, of_equal_values_is_reached_by_each_of_them_and_not_by_the_next_smaller) {
  made::Numbers numbers{1};
  for (std::size_t count = 1; count <= 500; ++count) {
    const double value = count % 5 == 0 ? 0.1 : numbers.uniform() + 1e-9;
    ExactMean mean;
    for (std::size_t i = 0; i < count; ++i) mean.add(value);
    ASSERT_TRUE(mean.is_reached_by(value, 1)) << count << " times " << value;
    ASSERT_FALSE(mean.is_reached_by(std::nextafter(value, 0.0), 1)) << count << " times " << value;
  }
}

TEST(ExactMean, a_value_at_the_exact_multiple_reaches_it) {
  ExactMean mean;  // (1 + 3) / 2 * 1.5 = 3
  mean.add(1);
  mean.add(3);
  EXPECT_TRUE(mean.is_reached_by(3, 1.5));
  EXPECT_FALSE(mean.is_reached_by(std::nextafter(3, 0), 1.5));
  EXPECT_FALSE(mean.is_reached_by(3, std::nextafter(1.5, 2)));
}

TEST(ExactMean, small_values_beside_a_large_one_are_not_lost) {
  ExactMean mean;  // mean (2^53 + 3) / 4, of which a plain sum would lose a part
  mean.add(9007199254740992.0);
  for (int i = 0; i < 3; ++i) mean.add(1);
  EXPECT_FALSE(mean.is_reached_by(2251799813685248.0, 1));
  EXPECT_FALSE(mean.is_reached_by(2251799813685248.5, 1));
  EXPECT_TRUE(mean.is_reached_by(2251799813685249.0, 1));
}

}  // namespace
}  // namespace hts::strategies
