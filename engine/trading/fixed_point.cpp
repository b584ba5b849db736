#include "engine/trading/fixed_point.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hts::trading::fixed {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr Unsigned largest = ~Unsigned{0} >> 1U;

Unsigned magnitude_of(Int value) noexcept {
  return value < 0 ? Unsigned{0} - static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
}

/// Nothing when it does not fit; the lowest number of 128 bits is left out, so that every number
/// has a negative.
std::optional<Int> with_sign(Unsigned magnitude, bool negative) noexcept {
  if (magnitude > largest) return std::nullopt;
  const Int value = static_cast<Int>(magnitude);
  return negative ? -value : value;
}

/// 64 bits each, lowest first.
using Product = std::array<std::uint64_t, 4>;

Product multiply(Unsigned a, Unsigned b) noexcept {
  const std::array<std::uint64_t, 2> left = {static_cast<std::uint64_t>(a),
                                             static_cast<std::uint64_t>(a >> 64U)};
  const std::array<std::uint64_t, 2> right = {static_cast<std::uint64_t>(b),
                                              static_cast<std::uint64_t>(b >> 64U)};
  Product product{};
  for (std::size_t i = 0; i < 2; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      const Unsigned sum = static_cast<Unsigned>(left[i]) * right[j] + product[i + j] + carry;
      product[i + j] = static_cast<std::uint64_t>(sum);
      carry = static_cast<std::uint64_t>(sum >> 64U);
    }
    product[i + 2] = carry;
  }
  return product;
}

struct Division {
  Unsigned quotient = 0;
  Unsigned rest = 0;
  bool fits = true;
};

/// A divisor of 64 bits goes word by word, a longer one bit by bit.
Division divide(const Product& product, Unsigned divisor) noexcept {
  Division done;
  const bool short_divisor = (divisor >> 64U) == 0;
  for (std::size_t word = product.size(); word-- > 0;) {
    if (short_divisor) {
      const Unsigned part = (done.rest << 64U) | product[word];
      if ((done.quotient >> 64U) != 0) done.fits = false;
      done.quotient = (done.quotient << 64U) | (part / divisor);
      done.rest = part % divisor;
      continue;
    }
    for (unsigned bit = 64; bit-- > 0;) {
      // The rest is below the divisor, which is below 2^127: doubling it cannot wrap.
      done.rest = (done.rest << 1U) | ((product[word] >> bit) & 1U);
      if ((done.quotient >> 127U) != 0) done.fits = false;
      done.quotient <<= 1U;
      if (done.rest >= divisor) {
        done.rest -= divisor;
        done.quotient |= 1U;
      }
    }
  }
  return done;
}

result::Error not_a_number(std::string_view text) {
  constexpr std::size_t longest_quote = 64;
  return make_error(ErrorCode::invalid,
                    "'" + std::string{text.substr(0, longest_quote)} +
                        "' is not a decimal number: write it like -12.5, without an exponent.",
                    "amount");
}

result::Error does_not_fit() {
  return make_error(ErrorCode::invalid,
                    "The amount does not fit: it is not a number, too large or has too many digits "
                    "behind the point.",
                    "amount");
}

}  // namespace

std::optional<Int> add(Int a, Int b) noexcept {
  Int sum = 0;
  if (__builtin_add_overflow(a, b, &sum) || magnitude_of(sum) > largest) return std::nullopt;
  return sum;
}

std::optional<Int> subtract(Int a, Int b) noexcept {
  return add(a, -b);
}

std::optional<Int> multiply_divide(Int a, Int b, Int divisor) noexcept {
  const Unsigned by = magnitude_of(divisor);
  const Division done = divide(multiply(magnitude_of(a), magnitude_of(b)), by);
  if (!done.fits || done.quotient > largest) return std::nullopt;
  const Unsigned up_to_half = by - done.rest;
  const bool up = done.rest > up_to_half || (done.rest == up_to_half && (done.quotient & 1U) != 0);
  return with_sign(done.quotient + (up ? 1U : 0U), ((a < 0) != (b < 0)) != (divisor < 0));
}

Int power_of_ten(int exponent) noexcept {
  Int power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

result::Result<Int> parse(std::string_view text, int decimals) {
  std::string_view left = text;
  const bool negative = left.starts_with('-');
  if (negative) left.remove_prefix(1);
  Unsigned magnitude = 0;
  bool any_digit = false;
  int behind = -1;  // digits seen behind the point
  for (const char c : left) {
    if (c == '.' && behind < 0 && any_digit) {
      behind = 0;
      continue;
    }
    if (c < '0' || c > '9') return not_a_number(text);
    any_digit = true;
    if (behind >= 0 && ++behind > decimals) {
      if (c == '0') continue;
      return does_not_fit();
    }
    const auto digit = static_cast<Unsigned>(c - '0');
    if (magnitude > (largest - digit) / 10) return does_not_fit();
    magnitude = magnitude * 10 + digit;
  }
  if (!any_digit || left.ends_with('.')) return not_a_number(text);
  for (int missing = decimals - std::max(0, std::min(behind, decimals)); missing > 0; --missing) {
    if (magnitude > largest / 10) return does_not_fit();
    magnitude *= 10;
  }
  return *with_sign(magnitude, negative);
}

std::string to_text(Int units, int decimals) {
  std::string digits;
  for (Unsigned left = magnitude_of(units); left > 0; left /= 10) {
    digits += static_cast<char>('0' + static_cast<int>(left % 10));
  }
  const auto point = static_cast<std::size_t>(decimals);
  if (digits.size() <= point) digits.append(point + 1 - digits.size(), '0');
  std::reverse(digits.begin(), digits.end());
  digits.insert(digits.size() - point, ".");
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  return units < 0 ? "-" + digits : digits;
}

result::Result<Int> nearest(double value, int decimals) {
  if (!std::isfinite(value)) return does_not_fit();
  constexpr int mantissa_bits = 53;
  constexpr int most_bits = 126;
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, mantissa_bits));
  exponent -= mantissa_bits;
  Unsigned scaled = static_cast<Unsigned>(mantissa) * static_cast<Unsigned>(power_of_ten(decimals));
  const bool negative = value < 0;
  if (exponent >= 0) {
    if (exponent > most_bits || scaled > (largest >> static_cast<unsigned>(exponent))) {
      return does_not_fit();
    }
    return *with_sign(scaled << static_cast<unsigned>(exponent), negative);
  }
  // Below half a unit of the last digit, however large the mantissa.
  if (-exponent > most_bits) return Int{0};
  const auto shift = static_cast<unsigned>(-exponent);
  const Unsigned half = Unsigned{1} << (shift - 1U);
  const Unsigned rest = scaled & ((half << 1U) - 1U);
  scaled >>= shift;
  if (rest > half || (rest == half && (scaled & 1U) != 0)) ++scaled;
  return *with_sign(scaled, negative);
}

double approximate(Int units, int decimals) noexcept {
  return static_cast<double>(units) / static_cast<double>(power_of_ten(decimals));
}

}  // namespace hts::trading::fixed
