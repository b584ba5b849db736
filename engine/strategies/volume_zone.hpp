#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace hts::strategies {

/// [lowest, highest] split into equal bins. `edge(k)` is the lower edge of bin k; edge(0) is
/// exactly the lowest and edge(count) exactly the highest price, and edges never descend.
struct PriceBins {
  double lowest = 0;
  double highest = 0;
  double width = 0;
  std::size_t count = 1;

  /// Requires 0 < lowest <= highest, both finite, and 1 <= count <= 1000.
  [[nodiscard]] static PriceBins over(double lowest, double highest, std::size_t count) noexcept {
    return {lowest, highest, (highest - lowest) / static_cast<double>(count), count};
  }
  /// False when all prices are equal: there is nothing to split.
  [[nodiscard]] bool splits() const noexcept { return width > 0; }
  [[nodiscard]] double edge(std::size_t k) const noexcept {
    return k == count ? highest : lowest + static_cast<double>(k) * width;
  }
  /// The bin that holds a price; the nearest one for a price outside. Requires splits().
  [[nodiscard]] std::size_t holding(double price) const noexcept {
    const double position = (price - lowest) / width;
    if (!(position >= 1)) return 0;  // true for NaN as well
    return position >= static_cast<double>(count) ? count - 1 : static_cast<std::size_t>(position);
  }
};

/// Where a candle's volume was traded.
struct PriceSpan {
  double bottom = 0;
  double top = 0;
  double volume = 0;
};

/// Spreads each span's volume over the bins in proportion to the overlap (a span without height
/// goes into the bin that holds it) and adds from the top bin down until at least `top_fraction` of
/// the total: the index of that bin, whose lower edge is the resistance. The order of the spans
/// counts where rounding decides: oldest first. `scratch` is overwritten.
///
/// This is the definition. VolumeZoneBreakout answers the same question faster and comes back here
/// whenever rounding could matter. O(spans + overlapped bins).
[[nodiscard]] std::size_t resistance_bin(const PriceBins& bins, std::span<const PriceSpan> spans,
                                         double top_fraction, std::vector<double>& scratch);

}  // namespace hts::strategies
