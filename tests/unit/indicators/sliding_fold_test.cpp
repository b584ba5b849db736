#include "engine/indicators/sliding_fold.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "numbers.hpp"

namespace hts::indicators {
namespace {

template <class Fold>
double plain_fold(const std::vector<double>& values, std::size_t window) {
  double fold = Fold::identity;
  const std::size_t begin = values.size() - std::min(values.size(), window);
  for (std::size_t i = begin; i < values.size(); ++i) fold = Fold::combine(fold, values[i]);
  return fold;
}

TEST(SlidingFold, agrees_with_folding_the_window_anew_for_every_length) {
  for (std::size_t window = 1; window <= 9; ++window) {
    made::Numbers numbers{window};
    SlidingFold<SumFold> sum{window};
    SlidingFold<MinimumFold> lowest{window};
    SlidingFold<MaximumFold> highest{window};
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) {
      // Small integers: every order of addition gives the same sum.
      values.push_back(static_cast<double>(numbers.below(7)));
      sum.push(values.back());
      lowest.push(values.back());
      highest.push(values.back());
      ASSERT_EQ(sum.current(), plain_fold<SumFold>(values, window));
      ASSERT_EQ(lowest.current(), plain_fold<MinimumFold>(values, window));
      ASSERT_EQ(highest.current(), plain_fold<MaximumFold>(values, window));
    }
  }
}

TEST(SlidingFold, of_nothing_is_the_identity_also_after_a_reset) {
  SlidingFold<SumFold> sum{3};
  EXPECT_EQ(sum.current(), 0);
  for (const double value : {1.0, 2.0, 3.0, 4.0}) sum.push(value);
  EXPECT_EQ(sum.current(), 9);
  sum.reset();
  EXPECT_EQ(sum.current(), 0);
  sum.push(5);
  EXPECT_EQ(sum.current(), 5);
}

TEST(SlidingFold, a_huge_value_leaves_no_trace_once_it_is_out_of_the_window) {
  SlidingFold<SumFold> sum{4};
  for (int round = 0; round < 1000; ++round) {
    sum.push(1e12);
    for (int i = 0; i < 4; ++i) sum.push(1e-9);
    ASSERT_DOUBLE_EQ(sum.current(), 4e-9);
  }
}

}  // namespace
}  // namespace hts::indicators
