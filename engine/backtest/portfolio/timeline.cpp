#include "engine/backtest/portfolio/timeline.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hts::backtest {

Timeline::Timeline(std::span<const market::CandleView> candles, const std::atomic<bool>* cancel) {
  if (candles.empty()) return;
  time_ = candles.front().open_time;
  for (const auto& view : candles.subspan(1)) {
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return;
    if (std::ranges::equal(view.open_time, time_)) continue;
    std::vector<time::Timestamp> both;
    both.reserve(std::max(time_.size(), view.size()));
    std::ranges::set_union(time_, view.open_time, std::back_inserter(both));
    merged_ = std::move(both);
    time_ = merged_;
  }
}

}  // namespace hts::backtest
