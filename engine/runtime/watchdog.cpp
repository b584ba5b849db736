#include "engine/runtime/watchdog.hpp"

#include <algorithm>

namespace hts::runtime::detail {

std::vector<Watchdog::Finding> Watchdog::look(SteadyTime now, std::span<const Beat> beats) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < std::min(beats.size(), seen_.size()); ++i) {
    const std::uint64_t batches = beats[i].batches.load(std::memory_order_acquire);
    const std::uint64_t cell = beats[i].cell.load(std::memory_order_relaxed);
    Seen& seen = seen_[i];
    if (cell != seen.cell || batches != seen.batches) {
      if (seen.told) findings.push_back({seen.cell, seen.since, true});
      seen = {cell, batches, now, false};
    } else if (cell != 0 && !seen.told && now - seen.since >= patience_) {
      seen.told = true;
      findings.push_back({cell, seen.since, false});
    }
  }
  return findings;
}

}  // namespace hts::runtime::detail
