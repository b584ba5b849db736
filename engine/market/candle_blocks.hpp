#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

/// Candles in blocks, for those who need not have all of them in memory.
namespace hts::market {

/// 3 MB of columns: they stay in a processor's cache from the one who fills to the one who reads.
inline constexpr std::size_t largest_block = 65'536;

/// Is given blocks of at most `largest_block` candles, never empty, ascending over all of them.
/// They are valid during the call. An error ends the stream, which gives it back as its own.
using TakeCandles = std::function<result::Status(CandleView)>;

/// Candles that are in memory already.
[[nodiscard]] inline result::Status give_in_blocks(CandleView candles, const TakeCandles& take) {
  for (std::size_t done = 0; done < candles.size();) {
    const std::size_t count = std::min(largest_block, candles.size() - done);
    if (auto taken = take(candles.slice(done, count)); !taken) return taken;
    done += count;
  }
  return result::success();
}

}  // namespace hts::market
