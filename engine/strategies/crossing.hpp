#pragma once

#include <algorithm>
#include <cmath>

#include "engine/strategies/crossings.hpp"

namespace hts::strategies {

/// 1 above, -1 below, 0 where one has no value or they are equal but for rounding_of_lines.
[[nodiscard]] inline int side_of(double line, double other, double scale) noexcept {
  const double gap = line - other;
  if (!(std::abs(gap) > rounding_of_lines * std::abs(scale))) return 0;
  return gap > 0 ? 1 : -1;
}
/// The same with the lines' own size as the scale.
[[nodiscard]] inline int side_of(double line, double other) noexcept {
  return side_of(line, other, std::max(std::abs(line), std::abs(other)));
}

enum class Cross { none, above, below };

/// Whether one line crosses another: strictly on one side of it on the candle before, strictly on
/// the other now. A candle on which either line has no value starts anew. O(1).
class Crossing {
 public:
  /// `scale` is the size of what the lines are made of; for a difference of averages, the price.
  Cross update(double line, double other, double scale) noexcept {
    return move_to(side_of(line, other, scale));
  }
  Cross update(double line, double other) noexcept { return move_to(side_of(line, other)); }

  static void each(auto& self, auto& state) { state(self.side_); }

 private:
  Cross move_to(int side) noexcept {
    const double before = side_;
    side_ = side;
    if (before * side >= 0) return Cross::none;
    return side > 0 ? Cross::above : Cross::below;
  }

  double side_ = 0;  ///< side_of on the candle before
};

}  // namespace hts::strategies
