#include "engine/market/gap_report.hpp"

namespace hts::market {

void GapFinder::add(std::span<const time::Timestamp> open_times) {
  if (open_times.empty()) return;
  time::Timestamp previous = last_.value_or(open_times.front());
  for (const time::Timestamp open_time : open_times) {
    const time::Duration distance = open_time - previous;
    if (distance >= 2 * length_) {
      const auto missing = static_cast<std::uint64_t>(distance / length_) - 1;
      report_.gaps += 1;
      report_.missing += missing;
      if (report_.first.size() < GapReport::most_places) {
        report_.first.push_back(Gap{previous, open_time, missing});
      }
    }
    previous = open_time;
  }
  last_ = previous;
}

GapReport find_gaps(std::span<const time::Timestamp> open_times, Timeframe timeframe) {
  GapFinder finder(timeframe);
  finder.add(open_times);
  return finder.report();
}

}  // namespace hts::market
