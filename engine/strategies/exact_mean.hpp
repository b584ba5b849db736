#pragma once

#include <cstddef>

namespace hts::strategies {

/// The mean of doubles with the sum kept to twice their precision, so that a comparison with it
/// comes out as exact arithmetic would: of twenty volumes of 0.1, each is at least the mean.
class ExactMean {
 public:
  void add(double value) noexcept;

  /// value >= mean * multiplier. Requires that something was added and ordinary magnitudes (1e-280
  /// .. 1e300).
  [[nodiscard]] bool is_reached_by(double value, double multiplier) const noexcept;

 private:
  double sum_ = 0;
  double rest_ = 0;  ///< what rounding took from sum_
  std::size_t count_ = 0;
};

}  // namespace hts::strategies
