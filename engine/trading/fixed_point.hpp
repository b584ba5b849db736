#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

/// Decimal numbers with a fixed number of digits behind the point, held as whole numbers of 128
/// bits: sums are exact, and what must be rounded is rounded half to even. Nothing wraps around:
/// what does not fit is an error or nothing. Doubles only at the edge (`nearest`, `approximate`).
namespace hts::trading {

namespace fixed {

__extension__ using Int = __int128;
__extension__ using Unsigned = unsigned __int128;

[[nodiscard]] std::optional<Int> add(Int a, Int b) noexcept;
[[nodiscard]] std::optional<Int> subtract(Int a, Int b) noexcept;
/// a * b / divisor, rounded half to even; the product may need 256 bits. Requires divisor != 0.
[[nodiscard]] std::optional<Int> multiply_divide(Int a, Int b, Int divisor) noexcept;
[[nodiscard]] Int power_of_ten(int exponent) noexcept;  ///< up to 38
[[nodiscard]] result::Result<Int> parse(std::string_view text, int decimals);
[[nodiscard]] std::string to_text(Int units, int decimals);
[[nodiscard]] result::Result<Int> nearest(double value, int decimals);
[[nodiscard]] double approximate(Int units, int decimals) noexcept;

}  // namespace fixed

/// `Tag` keeps kinds of numbers apart that have the same digits.
template <int decimals, class Tag>
class FixedPoint {
 public:
  static constexpr int digits_behind_point = decimals;

  constexpr FixedPoint() = default;
  [[nodiscard]] static constexpr FixedPoint of_units(fixed::Int units) noexcept {
    FixedPoint made;
    made.units_ = units;
    return made;
  }
  /// `-12.5`, `7`, `0.00000001`: exactly that. Error: invalid, for anything else, for more digits
  /// behind the point than there are, and for what does not fit.
  [[nodiscard]] static result::Result<FixedPoint> parse(std::string_view text) {
    auto units = fixed::parse(text, decimals);
    if (!units) return std::move(units).error();
    return of_units(*units);
  }
  /// The nearest to what the double exactly is. Error: invalid, not finite or too large.
  [[nodiscard]] static result::Result<FixedPoint> nearest(double value) {
    auto units = fixed::nearest(value, decimals);
    if (!units) return std::move(units).error();
    return of_units(*units);
  }

  /// In units of the last digit.
  [[nodiscard]] constexpr fixed::Int units() const noexcept { return units_; }
  /// Without zeros at the end; reads back as the same number.
  [[nodiscard]] std::string text() const { return fixed::to_text(units_, decimals); }
  [[nodiscard]] double approximate() const noexcept { return fixed::approximate(units_, decimals); }

  [[nodiscard]] std::optional<FixedPoint> plus(FixedPoint other) const noexcept {
    return wrapped(fixed::add(units_, other.units_));
  }
  [[nodiscard]] std::optional<FixedPoint> minus(FixedPoint other) const noexcept {
    return wrapped(fixed::subtract(units_, other.units_));
  }
  /// this * part / whole. Requires whole != 0.
  template <class Other>
  [[nodiscard]] std::optional<FixedPoint> share(Other part, Other whole) const noexcept {
    return wrapped(fixed::multiply_divide(units_, part.units(), whole.units()));
  }

  friend constexpr auto operator<=>(FixedPoint a, FixedPoint b) noexcept {
    return a.units_ <=> b.units_;
  }
  friend constexpr bool operator==(FixedPoint, FixedPoint) noexcept = default;

 private:
  static std::optional<FixedPoint> wrapped(std::optional<fixed::Int> units) noexcept {
    if (!units) return std::nullopt;
    return of_units(*units);
  }

  fixed::Int units_ = 0;
};

}  // namespace hts::trading
