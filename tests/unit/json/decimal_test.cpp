#include "engine/json/decimal.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace hts::json {
namespace {

/// The value, or nothing when the number is left to the slow way. Must end at the comma.
std::optional<double> plain(const std::string& text) {
  const std::string line = text + ",9";
  const char* at = line.data();
  double value = 0;
  if (!read_plain_decimal(at, line.data() + line.size(), value)) return std::nullopt;
  EXPECT_EQ(at, line.data() + text.size()) << text;
  return value;
}

double exact(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

TEST(decimal, ordinary_prices_are_read_at_once) {
  for (const char* text : {"0", "7", "11495000.0", "0.00162008", "-5.25", "9007199254740991",
                           "104.06", "22351900", "0.000000000000001", "47.49963924"}) {
    ASSERT_TRUE(plain(text)) << text;
    EXPECT_EQ(*plain(text), exact(text)) << text;
  }
}

TEST(decimal, what_is_not_plain_is_left_alone) {
  for (const char* text :
       {"", "-", ".", ".5", "5.", "+5", "nan", "inf", " 5", "9007199254740993",
        "0.10000000000000000555", "1234567890123456789", "99999999999999999999999999"}) {
    EXPECT_FALSE(plain(text)) << text;
  }
}

TEST(decimal, reading_stops_where_the_number_stops) {
  const std::string_view exponent = "1e5";
  const char* at = exponent.data();
  double value = 0;
  ASSERT_TRUE(read_plain_decimal(at, exponent.data() + exponent.size(), value));
  EXPECT_EQ(at, exponent.data() + 1) << "the caller sees that no comma follows";
}

TEST(decimal, every_number_of_a_walk_over_digits_equals_the_standard_conversion) {
  std::uint64_t state = 88172645463325252U;  // xorshift: the same numbers each time
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    const std::string whole = std::to_string(state % 1'000'000'000 >> (state % 29));
    const std::string fraction = std::to_string(state % 99'999'999);
    const std::string text = whole + "." + fraction;
    if (const auto value = plain(text)) {
      ++read;
      ASSERT_EQ(*value, exact(text)) << text;
    }
  }
  EXPECT_GT(read, 100'000);
}

TEST(decimal, integers_of_up_to_18_digits_are_read) {
  const auto integer = [](std::string_view text) -> std::optional<std::int64_t> {
    const char* at = text.data();
    std::int64_t value = 0;
    if (!read_plain_integer(at, text.data() + text.size(), value)) return std::nullopt;
    return value;
  };
  EXPECT_EQ(integer("1582185600000"), 1582185600000);
  EXPECT_EQ(integer("999999999999999999"), 999999999999999999);
  EXPECT_EQ(integer("1000000000000000000"), std::nullopt);
  EXPECT_EQ(integer(""), std::nullopt);
  EXPECT_EQ(integer("-1"), std::nullopt);
}

}  // namespace
}  // namespace hts::json
