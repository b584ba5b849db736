#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "engine/strategies/column_order.hpp"

namespace hts::strategies {

/// Calls `up(i)` for each bar on which `fast` is above `slow` after having been below it on the bar
/// before, `down(i)` for the reverse, bars ascending. Values that are no number or equal but for
/// rounding are neither above nor below. Requires equal lengths. O(n), without a branch a bar.
template <class Up, class Down>
void each_crossing(std::span<const double> fast, std::span<const double> slow, Up&& up, Down&& down,
                   OrderColumns order_columns = fastest_order_columns()) {
  ColumnOrder before;
  const auto take = [&](std::size_t begin, const ColumnOrder& order) {
    constexpr unsigned last = order_lanes - 1;
    const std::uint64_t ups = order.above & ((order.below << 1U) | (before.below >> last));
    const std::uint64_t downs = order.below & ((order.above << 1U) | (before.above >> last));
    for (std::uint64_t both = ups | downs; both != 0; both &= both - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(both));
      if (((ups >> lane) & 1U) != 0) {
        up(begin + lane);
      } else {
        down(begin + lane);
      }
    }
    before = order;
  };
  std::size_t begin = 0;
  for (; begin + order_lanes <= fast.size(); begin += order_lanes) {
    take(begin, order_columns(fast.data() + begin, slow.data() + begin));
  }
  if (begin == fast.size()) return;
  // The rest, filled up with what crosses nothing.
  std::array<double, order_lanes> rest_of_fast;
  std::array<double, order_lanes> rest_of_slow;
  rest_of_fast.fill(std::numeric_limits<double>::quiet_NaN());
  rest_of_slow.fill(0);
  std::copy(fast.begin() + static_cast<std::ptrdiff_t>(begin), fast.end(), rest_of_fast.begin());
  std::copy(slow.begin() + static_cast<std::ptrdiff_t>(begin), slow.end(), rest_of_slow.begin());
  take(begin, order_columns(rest_of_fast.data(), rest_of_slow.data()));
}

}  // namespace hts::strategies
