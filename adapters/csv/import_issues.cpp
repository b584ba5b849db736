#include "adapters/csv/import_issues.hpp"

#include <algorithm>

#include "engine/market/candle_grid.hpp"

namespace hts::csv {

void Places::add(std::uint64_t place) {
  ++count;
  if (first.size() == most_places) {
    if (place >= first.back()) return;
    first.pop_back();
  }
  first.insert(std::upper_bound(first.begin(), first.end(), place), place);
}

void OrderChecks::add(std::span<const CandleRow> rows, ImportIssues& issues) {
  for (const CandleRow& row : rows) {
    const time::Timestamp open_time = row.candle.open_time;
    if (previous_ && open_time < *previous_) issues.disorder.add(row.place);
    if (timeframe_) {
      // The common case needs no division: one length after an aligned candle is aligned.
      const bool follows = previous_is_aligned_ && open_time == *previous_ + timeframe_->length();
      previous_is_aligned_ = follows || market::opens_on_grid(open_time, *timeframe_);
      if (!previous_is_aligned_) issues.misaligned.add(row.place);
    }
    previous_ = open_time;
  }
}

}  // namespace hts::csv
