#include "engine/backtest/portfolio/timeline.hpp"

#include <algorithm>

namespace hts::backtest {

Timeline::Timeline(std::span<const market::CandleView> candles) {
  const bool alike = std::all_of(candles.begin(), candles.end(), [&](const auto& view) {
    return view.open_time.data() == candles.front().open_time.data() ||
           std::ranges::equal(view.open_time, candles.front().open_time);
  });
  if (alike) {
    if (!candles.empty()) time_ = candles.front().open_time;
    return;
  }
  for (const auto& view : candles) {
    merged_.insert(merged_.end(), view.open_time.begin(), view.open_time.end());
  }
  std::sort(merged_.begin(), merged_.end());
  merged_.erase(std::unique(merged_.begin(), merged_.end()), merged_.end());
  time_ = merged_;
  bars_.resize(candles.size());
  for (std::size_t symbol = 0; symbol < candles.size(); ++symbol) {
    bars_[symbol].reserve(candles[symbol].size());
    std::size_t bar = 0;
    for (const auto moment : candles[symbol].open_time) {
      while (merged_[bar] < moment) ++bar;
      bars_[symbol].push_back(bar);
    }
  }
}

}  // namespace hts::backtest
