#pragma once

#include <cstdint>

#include "engine/market/candle_series.hpp"

namespace hts::parquet {

/// What a merge of new candles into stored ones changes.
struct CandleMerge {
  market::CandleSeries candles;  ///< ascending; empty when nothing changes
  std::uint64_t added = 0;
  std::uint64_t replaced = 0;
  std::uint64_t unchanged = 0;

  [[nodiscard]] bool changes_anything() const noexcept { return added + replaced > 0; }
};

/// Sorts by open time; of candles with the same one, the last stays. O(n) when nothing is to do.
void sort_and_deduplicate(market::CandleSeries& candles);

/// Both ascending with unique open times; a new candle wins over the stored one. O(n).
[[nodiscard]] CandleMerge merge_candles(market::CandleView stored, market::CandleView fresh);

}  // namespace hts::parquet
