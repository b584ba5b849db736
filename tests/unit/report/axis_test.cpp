#include "adapters/report/axis.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace hts::report {
namespace {

TEST(NumberText, has_the_decimals_that_its_steps_need) {
  EXPECT_EQ(number_text(1234.5, 0.5), "1,234.5");
  EXPECT_EQ(number_text(0.00125, 0.0001), "0.0013");
  EXPECT_EQ(number_text(-1'234'567, 1'000), "-1,234,567");
  EXPECT_EQ(number_text(-123, 1), "-123");
  EXPECT_EQ(number_text(-0.001, 1), "0");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN(), 1), "-");
}

TEST(RoundSteps, are_round_and_inside) {
  EXPECT_EQ(round_steps(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(round_steps(9'870, 10'140, 3), (std::vector<double>{9'900, 10'000, 10'100}));
  EXPECT_EQ(round_steps(3, 3, 5), (std::vector<double>{3}));
}

}  // namespace
}  // namespace hts::report
