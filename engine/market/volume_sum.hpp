#pragma once

#include <cstdint>

namespace hts::market {

/// The sum of quantities as decimals: the double nearest to what adding up the texts that the
/// exchange wrote would give, in whatever order they came. Exchanges write up to 8 digits behind
/// the point; while all do, the sum is exact and rounded once. A quantity with more digits makes it
/// a compensated sum of doubles, right to about the last place.
class VolumeSum {
 public:
  /// Requires 0 <= quantity < 1e18.
  void add(double quantity) noexcept;
  [[nodiscard]] double value() const noexcept;

 private:
  __extension__ using Units = unsigned __int128;

  Units units_ = 0;        // of 1e-8
  double inexact_ = 0;     // quantities that are no whole number of units
  double correction_ = 0;  // what rounding took from inexact_
};

}  // namespace hts::market
