#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hts::strategies {

/// Lines nearer to each other than this part of their size are equal: so little is rounding, and in
/// a flat market it would cross for ever.
inline constexpr double rounding_of_lines = 1e-12;

/// Calls `up(i)` for each bar on which `fast` is above `slow` after having been below it on the bar
/// before, `down(i)` for the reverse, bars ascending. Values that are no number or equal but for
/// rounding are neither above nor below. Requires equal lengths. O(n), without a branch a bar.
template <class Up, class Down>
void each_crossing(std::span<const double> fast, std::span<const double> slow, Up&& up,
                   Down&& down) {
  constexpr std::size_t lanes = 64;
  std::uint64_t was_above = 0;
  std::uint64_t was_below = 0;
  for (std::size_t begin = 0; begin < fast.size(); begin += lanes) {
    const std::size_t count = std::min(lanes, fast.size() - begin);
    const double* f = fast.data() + begin;
    const double* s = slow.data() + begin;
    std::uint64_t above = 0;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double gap = f[i] - s[i];
      const double rounding = rounding_of_lines * std::abs(s[i]);
      above |= static_cast<std::uint64_t>(gap > rounding) << i;
      below |= static_cast<std::uint64_t>(gap < -rounding) << i;
    }
    const std::uint64_t ups = above & ((below << 1U) | was_below);
    const std::uint64_t downs = below & ((above << 1U) | was_above);
    for (std::uint64_t both = ups | downs; both != 0; both &= both - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(both));
      if (((ups >> lane) & 1U) != 0) {
        up(begin + lane);
      } else {
        down(begin + lane);
      }
    }
    was_above = above >> (lanes - 1);
    was_below = below >> (lanes - 1);
  }
}

}  // namespace hts::strategies
