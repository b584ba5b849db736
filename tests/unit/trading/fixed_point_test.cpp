#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "engine/trading/money.hpp"

namespace hts::trading {
namespace {

Money money(const char* text) {
  const auto parsed = Money::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : Money{};
}

TEST(FixedPoint, texts_are_read_and_written_exactly) {
  for (const char* text :
       {"0", "1", "-1", "0.00000001", "-0.00000001", "12.5", "123456789012345678901234567890",
        "1701411834604692317316873037158.84105727", "-1701411834604692317316873037158.84105727"}) {
    EXPECT_EQ(money(text).text(), text);
  }
  EXPECT_EQ(money("007.500").text(), "7.5");
  EXPECT_EQ(money("-0.0").text(), "0");
  EXPECT_EQ(money("1.230000000000").text(), "1.23");
}

TEST(FixedPoint, what_is_no_decimal_number_is_refused) {
  for (const char* text :
       {"", "-", ".", ".5", "5.", "1e3", "+1", " 1", "1 ", "1,000", "0x10", "1.2.3", "nan", "--1",
        "0.000000001", "1701411834604692317316873037158.84105728",
        "99999999999999999999999999999999999999999999"}) {
    const auto parsed = Money::parse(text);
    EXPECT_FALSE(parsed.ok()) << text;
    EXPECT_TRUE(parsed.ok() || parsed.error().code == result::ErrorCode::invalid);
  }
}

TEST(FixedPoint, a_double_becomes_the_nearest_number) {
  EXPECT_EQ(Money::nearest(0.1)->text(), "0.1");
  EXPECT_EQ(Money::nearest(-2.5)->text(), "-2.5");
  EXPECT_EQ(Money::nearest(1e15)->text(), "1000000000000000");
  EXPECT_EQ(Money::nearest(5e-324)->text(), "0");
  EXPECT_EQ(Money::nearest(123456.789)->text(), "123456.789");
  // 2^-9 is 0.001953125: nine digits, a tie of the eighth.
  EXPECT_EQ(Money::nearest(0.001953125)->text(), "0.00195312");
  EXPECT_EQ(Money::nearest(3 * 0.001953125)->text(), "0.00585938");
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), 1e31, -1e300}) {
    EXPECT_FALSE(Money::nearest(value).ok()) << value;
  }
}

TEST(FixedPoint, doubles_come_back_within_half_a_digit) {
  std::mt19937_64 random{5};
  std::uniform_real_distribution<double> exponent(-12, 14);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::pow(10, exponent(random)) * (i % 2 == 0 ? 1 : -1);
    const double back = Money::nearest(value)->approximate();
    EXPECT_LE(std::fabs(back - value), 0.5000001e-8 + 1e-15 * std::fabs(value)) << value;
  }
}

TEST(FixedPoint, sums_that_do_not_fit_are_nothing) {
  const Money most = money("1701411834604692317316873037158.84105727");
  const Money least = *Money{}.minus(most);
  EXPECT_FALSE(most.plus(money("0.00000001")));
  EXPECT_FALSE(least.minus(money("0.00000001")));
  EXPECT_EQ(most.plus(least), Money{});
}

TEST(FixedPoint, a_product_is_rounded_half_to_even) {
  const auto value = [](const char* price, const char* quantity) {
    return value_of(*Price::parse(price), *CoinAmount::parse(quantity))->text();
  };
  EXPECT_EQ(value("38544.5", "0.000002878"), "0.11093107");
  EXPECT_EQ(value("0.00000001", "0.5"), "0");
  EXPECT_EQ(value("0.00000003", "0.5"), "0.00000002");
  EXPECT_EQ(value("0.00000001", "1.5"), "0.00000002");
  EXPECT_EQ(value("0.00000001", "2.5"), "0.00000002");
  EXPECT_EQ(value("100000000", "1000000000"), "100000000000000000");
  EXPECT_FALSE(
      value_of(*Price::parse("99999999999999999999"), *CoinAmount::parse("99999999999999")));
}

TEST(FixedPoint, shares_are_those_of_wide_arithmetic) {
  std::mt19937_64 random{11};
  for (int i = 0; i < 20'000; ++i) {
    // Small enough to be computed in 128 bits beside it, with short and long divisors.
    const auto a = static_cast<fixed::Int>(random() >> 4U);
    const auto b = static_cast<fixed::Int>(random() >> 6U);
    const auto divisor = static_cast<fixed::Int>((random() >> (i % 50)) | 1U) *
                         (i % 3 == 0 ? static_cast<fixed::Int>(random() >> 10U) + 1 : 1);
    const fixed::Int product = a * b;
    fixed::Int expected = product / divisor;
    const fixed::Int rest = product % divisor;
    const fixed::Int other = divisor - rest;
    if (rest > other || (rest == other && expected % 2 != 0)) ++expected;
    const auto got = fixed::multiply_divide(a, -b, divisor);
    ASSERT_TRUE(got);
    ASSERT_TRUE(*got == -expected) << i;
  }
}

TEST(FixedPoint, a_product_of_256_bits_comes_back) {
  const auto most = Money::parse("1701411834604692317316873037158.84105727")->units();
  EXPECT_TRUE(fixed::multiply_divide(most, most, most) == most);
  EXPECT_TRUE(fixed::multiply_divide(most, -most, most) == -most);
  EXPECT_FALSE(fixed::multiply_divide(most, most, 1));
  EXPECT_FALSE(fixed::multiply_divide(most, 2, 1));
}

}  // namespace
}  // namespace hts::trading
