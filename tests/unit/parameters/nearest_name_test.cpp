#include "engine/parameters/nearest_name.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace hts::parameters {
namespace {

const std::vector<std::string_view> known = {"rsi", "stochastic_rsi", "sma", "ema", "obv"};

TEST(NearestName, is_the_one_with_the_fewest_letters_changed) {
  EXPECT_EQ(nearest_name("stochastic-rsi", known), "stochastic_rsi");
  EXPECT_EQ(nearest_name("rs", known), "rsi");
  EXPECT_EQ(nearest_name("sma", known), "sma");
  EXPECT_EQ(nearest_name("xma", known), "sma") << "the first of equals";
}

TEST(NearestName, is_empty_when_nothing_is_near) {
  EXPECT_EQ(nearest_name("volume_weighted", known), "");
  EXPECT_EQ(nearest_name("xyz", known), "") << "every letter changed";
  EXPECT_EQ(nearest_name("", known), "");
  EXPECT_EQ(nearest_name("rsi", {}), "");
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'r'), known), "");
}

}  // namespace
}  // namespace hts::parameters
