#include "engine/backtest/statistics/equity_drawdown.hpp"

#include <algorithm>

#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

constexpr std::size_t bars_a_block = 8;
constexpr std::size_t bars_a_look = 1U << 16U;

struct Extremes {
  double low;
  double high;
};

Extremes extremes_of(const double* values) noexcept {
  const auto low = [&](std::size_t i, std::size_t j) { return std::min(values[i], values[j]); };
  const auto high = [&](std::size_t i, std::size_t j) { return std::max(values[i], values[j]); };
  return {std::min(std::min(low(0, 1), low(2, 3)), std::min(low(4, 5), low(6, 7))),
          std::max(std::max(high(0, 1), high(2, 3)), std::max(high(4, 5), high(6, 7)))};
}

}  // namespace

EquityDrawdown equity_drawdown(std::span<const time::Timestamp> time,
                               std::span<const double> equity, const std::atomic<bool>* cancel) {
  EquityDrawdown answer;
  answer.mean_depth = undefined;
  if (equity.empty()) return answer;
  double peak = equity[0];
  double low = peak;
  std::size_t peak_bar = 0;
  double depths = 0;
  time::Duration durations{};
  const auto end_fall = [&](std::size_t bar) {
    const double depth = 1 - low / peak;
    answer.deepest = std::max(answer.deepest, depth);
    if (bar <= peak_bar + 1) return;
    ++answer.episodes;
    depths += depth;
    durations += time[bar] - time[peak_bar];
    answer.longest = std::max(answer.longest, time[bar] - time[peak_bar]);
  };
  const std::size_t bars = equity.size();
  std::size_t next_look = 0;
  for (std::size_t i = 1; i < bars;) {
    if (i >= next_look) {
      if (cancel != nullptr && *cancel) return answer;
      next_look = i + bars_a_look;
    }
    if (i + bars_a_block <= bars) {
      const Extremes extremes = extremes_of(equity.data() + i);
      if (extremes.high < peak) {
        low = std::min(low, extremes.low);
        i += bars_a_block;
        continue;
      }
    }
    for (const std::size_t end = std::min(i + bars_a_block, bars); i < end; ++i) {
      if (equity[i] < peak) {
        low = std::min(low, equity[i]);
        continue;
      }
      if (i > peak_bar + 1) end_fall(i);
      peak = low = equity[i];
      peak_bar = i;
    }
  }
  if (peak_bar + 1 < bars) end_fall(bars - 1);
  answer.peak = peak;
  if (answer.episodes > 0) {
    const auto count = static_cast<time::Duration::rep>(answer.episodes);
    answer.mean_depth = depths / static_cast<double>(answer.episodes);
    answer.mean_duration = durations / count;
  }
  return answer;
}

}  // namespace hts::backtest
