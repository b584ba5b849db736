#include "engine/market/candle.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string defect(double open, double high, double low, double close, double volume) {
  return find_defect(Candle{{}, open, high, low, close, volume}).value_or("sound");
}

TEST(candle, ordinary_flat_and_volumeless_candles_are_sound) {
  EXPECT_EQ(defect(10, 12, 9, 11, 3.5), "sound");
  EXPECT_EQ(defect(10, 10, 10, 10, 0), "sound");
  EXPECT_EQ(defect(1e-9, 1e-9, 1e-9, 1e-9, 1e12), "sound");
}

TEST(candle, prices_that_are_not_finite_are_named) {
  EXPECT_EQ(defect(nan, 12, 9, 11, 1), "open is not a finite number");
  EXPECT_EQ(defect(10, infinity, 9, 11, 1), "high is not a finite number");
  EXPECT_EQ(defect(10, 12, -infinity, 11, 1), "low is not a finite number");
  EXPECT_EQ(defect(10, 12, 9, nan, 1), "close is not a finite number");
}

TEST(candle, prices_at_or_below_zero_are_named_with_their_value) {
  EXPECT_EQ(defect(0, 12, 9, 11, 1), "open 0 is not above 0");
  EXPECT_EQ(defect(10, 12, -9.5, 11, 1), "low -9.5 is not above 0");
}

TEST(candle, volume_may_not_be_negative_or_endless) {
  EXPECT_EQ(defect(10, 12, 9, 11, -1), "volume -1 is negative");
  EXPECT_EQ(defect(10, 12, 9, 11, nan), "volume is not a finite number");
  EXPECT_EQ(defect(10, 12, 9, 11, infinity), "volume is not a finite number");
}

TEST(candle, prices_out_of_order_are_named) {
  EXPECT_EQ(defect(10, 9, 10, 10, 1), "high 9 is below low 10");
  EXPECT_EQ(defect(13, 12, 9, 11, 1), "open 13 is above high 12");
  EXPECT_EQ(defect(10, 12, 9, 12.5, 1), "close 12.5 is above high 12");
  EXPECT_EQ(defect(8, 12, 9, 11, 1), "open 8 is below low 9");
  EXPECT_EQ(defect(10, 12, 9, 8.5, 1), "close 8.5 is below low 9");
}

TEST(candle, numbers_beyond_all_reason_are_refused) {
  EXPECT_EQ(defect(1, 1e301, 1, 1, 1), "high 1e+301 is too large");
  EXPECT_EQ(defect(1, 1, 1, 1, 1e301), "volume 1e+301 is too large");
}

}  // namespace
}  // namespace hts::market
