#include "adapters/parquet/candle_merge.hpp"

namespace hts::parquet {

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
