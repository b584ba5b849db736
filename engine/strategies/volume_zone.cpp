#include "engine/strategies/volume_zone.hpp"

namespace hts::strategies {
namespace {

void spread_over(const PriceBins& bins, const PriceSpan& span, std::vector<double>& binned) {
  const auto& [bottom, top, volume] = span;
  if (!(top > bottom)) {
    binned[bins.holding(bottom)] += volume;
    return;
  }
  // One bin early: the quotient in holding() may round up over an edge.
  const std::size_t held = bins.holding(bottom);
  for (std::size_t k = held > 0 ? held - 1 : 0; k < bins.count && bins.edge(k) < top; ++k) {
    const double overlap = std::min(top, bins.edge(k + 1)) - std::max(bottom, bins.edge(k));
    if (overlap > 0) binned[k] += volume * (overlap / (top - bottom));
  }
}

}  // namespace

std::size_t resistance_bin(const PriceBins& bins, std::span<const PriceSpan> spans,
                           double top_fraction, std::vector<double>& scratch) {
  scratch.assign(bins.count, 0);
  double total = 0;
  for (const PriceSpan& span : spans) {
    spread_over(bins, span, scratch);
    total += span.volume;
  }
  double from_top = 0;
  std::size_t k = bins.count;
  while (k > 1) {
    from_top += scratch[--k];
    if (from_top >= top_fraction * total) return k;
  }
  return 0;
}

}  // namespace hts::strategies
