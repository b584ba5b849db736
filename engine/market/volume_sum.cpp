#include "engine/market/volume_sum.hpp"

#include <bit>
#include <cmath>

namespace hts::market {
namespace {

__extension__ using Units = unsigned __int128;

constexpr std::uint64_t units_a_coin = 100'000'000;

int bits(Units value) noexcept {
  const auto high = static_cast<std::uint64_t>(value >> 64U);
  const auto low = static_cast<std::uint64_t>(value);
  return static_cast<int>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(low));
}

/// units / units_a_coin, rounded once.
double in_coins(Units units) noexcept {
  constexpr Units exact_limit = Units{1} << 53U;
  if (units < exact_limit) {
    return static_cast<double>(static_cast<std::uint64_t>(units)) /
           static_cast<double>(units_a_coin);
  }
  // A quotient of 62 bits or so, whose last bit says whether there is more behind it: turning it
  // into a double rounds as if all of it were there.
  const int shift = 90 - bits(units);
  const Units scaled =
      shift >= 0 ? units << static_cast<unsigned>(shift) : units >> static_cast<unsigned>(-shift);
  const bool lost = shift < 0 && (scaled << static_cast<unsigned>(-shift)) != units;
  auto quotient = static_cast<std::uint64_t>(scaled / units_a_coin);
  if (lost || scaled % units_a_coin != 0) quotient |= 1U;
  return std::ldexp(static_cast<double>(quotient), -shift);
}

}  // namespace

void VolumeSum::add(double quantity) noexcept {
  constexpr double scale = static_cast<double>(units_a_coin);
  // Below it (2^51) a decimal of 8 digits is told by its double, and the product is less than half
  // a unit off.
  constexpr double told_apart = 2'251'799'813'685'248.0;
  if (const double scaled = quantity * scale; scaled < told_apart) {
    const auto whole = static_cast<std::uint64_t>(scaled + 0.5);
    if (static_cast<double>(whole) / scale == quantity) {
      units_ += whole;
      return;
    }
  } else {
    // So large that a double has hardly 8 digits behind the point: the nearest decimal is all that
    // there is to know.
    const double coins = std::floor(quantity);
    units_ += Units{static_cast<std::uint64_t>(coins)} * units_a_coin +
              static_cast<std::uint64_t>((quantity - coins) * scale + 0.5);
    return;
  }
  const double sum = inexact_ + quantity;
  correction_ += inexact_ >= quantity ? (inexact_ - sum) + quantity : (quantity - sum) + inexact_;
  inexact_ = sum;
}

double VolumeSum::value() const noexcept {
  const double exact = in_coins(units_);
  return inexact_ == 0 ? exact : exact + (inexact_ + correction_);
}

}  // namespace hts::market
