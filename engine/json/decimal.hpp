#pragma once

#include <array>
#include <cstdint>

namespace hts::json {

/// Reads a plain decimal number (`-`, digits, one point) at `at` and moves `at` behind it.
///
/// Takes only what a double holds exactly before one correctly rounded division (a mantissa below
/// 2^53 and at most 22 decimals), so the value equals std::from_chars's. False, with `at`
/// unspecified, for anything else: exponents, longer numbers, other text; the caller then takes the
/// slow way.
inline bool read_plain_decimal(const char*& at, const char* end, double& value) noexcept {
  static constexpr std::array<double, 23> powers_of_ten = {
      1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr std::uint64_t exact_limit = 1ULL << 53U;
  const char* p = at;
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  std::uint64_t mantissa = 0;
  const char* const digits = p;
  for (; p != end && static_cast<unsigned char>(*p - '0') < 10; ++p) {
    mantissa = mantissa * 10 + static_cast<unsigned char>(*p - '0');
  }
  if (p == digits || p - digits > 18) return false;
  std::size_t decimals = 0;
  if (p != end && *p == '.') {
    const char* const fraction = ++p;
    for (; p != end && static_cast<unsigned char>(*p - '0') < 10; ++p) {
      mantissa = mantissa * 10 + static_cast<unsigned char>(*p - '0');
    }
    decimals = static_cast<std::size_t>(p - fraction);
    // 18 digits in all cannot wrap around 64 bits; the leading zeros of small prices cost little.
    if (decimals == 0 || p - digits > 19) return false;
  }
  if (mantissa >= exact_limit || decimals >= powers_of_ten.size()) return false;
  const double magnitude = static_cast<double>(mantissa) / powers_of_ten[decimals];
  value = negative ? -magnitude : magnitude;
  at = p;
  return true;
}

/// Reads up to 18 digits at `at` and moves `at` behind them. False when there is none or more.
inline bool read_plain_integer(const char*& at, const char* end, std::int64_t& value) noexcept {
  const char* p = at;
  std::int64_t number = 0;
  for (; p != end && static_cast<unsigned char>(*p - '0') < 10; ++p) {
    if (p - at == 18) return false;
    number = number * 10 + (*p - '0');
  }
  if (p == at) return false;
  value = number;
  at = p;
  return true;
}

}  // namespace hts::json
