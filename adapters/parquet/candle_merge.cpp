#include "adapters/parquet/candle_merge.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace hts::parquet {

using market::CandleSeries;
using time::Timestamp;

void sort_and_deduplicate(CandleSeries& candles) {
  const auto& times = candles.open_time;
  const auto not_ascending = [](Timestamp a, Timestamp b) { return a >= b; };
  if (std::adjacent_find(times.begin(), times.end(), not_ascending) == times.end()) return;
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return times[a] != times[b] ? times[a] < times[b] : a < b;
  });
  CandleSeries sorted;
  sorted.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool superseded = i + 1 < order.size() && times[order[i]] == times[order[i + 1]];
    if (!superseded) sorted.push_back(candles[order[i]]);
  }
  candles = std::move(sorted);
}

CandleMerge merge_candles(market::CandleView stored, market::CandleView fresh) {
  CandleMerge merge;
  std::size_t old_index = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    while (old_index < stored.size() && stored.open_time[old_index] < fresh.open_time[i]) {
      ++old_index;
    }
    if (old_index == stored.size() || stored.open_time[old_index] != fresh.open_time[i]) {
      ++merge.added;
    } else if (stored[old_index] == fresh[i]) {
      ++merge.unchanged;
    } else {
      ++merge.replaced;
    }
  }
  if (!merge.changes_anything()) return merge;

  merge.candles.reserve(stored.size() + merge.added);
  old_index = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    while (old_index < stored.size() && stored.open_time[old_index] < fresh.open_time[i]) {
      merge.candles.push_back(stored[old_index++]);
    }
    if (old_index < stored.size() && stored.open_time[old_index] == fresh.open_time[i]) ++old_index;
    merge.candles.push_back(fresh[i]);
  }
  merge.candles.append(stored.slice(old_index, stored.size() - old_index));
  return merge;
}

}  // namespace hts::parquet
