#pragma once

#include <algorithm>
#include <cmath>

#include "engine/indicators/warm_up.hpp"

namespace hts::strategies {

enum class Cross { none, above, below };

/// Whether one line crosses another: strictly on one side of it on the candle before, strictly on
/// the other now. Lines nearer to each other than 1e-12 of `scale` are equal: so little is
/// rounding, and in a flat market it would cross for ever. A candle on which either line has no
/// value yet starts anew. O(1).
class Crossing {
 public:
  /// `scale` is the size of what the lines are made of; for a difference of averages, the price.
  Cross update(double line, double other, double scale) noexcept {
    const double gap = line - other;
    const double side = !(std::abs(gap) > 1e-12 * std::abs(scale)) ? 0 : gap > 0 ? 1 : -1;
    const double before = side_;
    side_ = side;
    if (side * before >= 0) return Cross::none;
    return side > 0 ? Cross::above : Cross::below;
  }
  /// The same with the lines' own size as the scale.
  Cross update(double line, double other) noexcept {
    return update(line, other, std::max(std::abs(line), std::abs(other)));
  }

  static void each(auto& self, auto& state) { state(self.side_); }

 private:
  double side_ = 0;  ///< of the candle before: 1 above, -1 below, 0 equal or unknown
};

}  // namespace hts::strategies
