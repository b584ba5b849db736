#include "engine/strategies/volume_zone.hpp"

namespace hts::strategies {
namespace {

void spread_over(const PriceBins& bins, double bottom, double top, double volume,
                 std::vector<double>& binned) {
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

std::size_t resistance_bin(const PriceBins& bins, const VolumeSpans& spans, double top_fraction,
                           std::vector<double>& scratch) {
  scratch.assign(bins.count, 0);
  double total = 0;
  for (std::size_t i = 0; i < spans.volume.size(); ++i) {
    spread_over(bins, spans.bottom[i], spans.top[i], spans.volume[i], scratch);
    total += spans.volume[i];
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
