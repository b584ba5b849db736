#include "adapters/upbit/upbit_market_history.hpp"

#include <algorithm>
#include <vector>

namespace hts::upbit {

result::Result<market::CandleSeries> UpbitMarketHistory::candles(const market::Symbol& symbol,
                                                                 market::Timeframe timeframe,
                                                                 time::TimeRange range) {
  const std::lock_guard lock(mutex_);
  const time::Timestamp now = client_.now();
  time::Timestamp before = std::min(range.end, now);
  std::vector<market::Candle> newest_first;
  while (before > range.begin) {
    auto page = client_.page_before(symbol, timeframe, before);
    if (!page) return page.error();
    time::Timestamp earliest = before;
    for (const market::Candle& candle : page->candles) {
      earliest = std::min(earliest, candle.open_time);
      const bool is_closed = candle.open_time + timeframe.length() <= now;
      if (range.contains(candle.open_time) && is_closed) newest_first.push_back(candle);
    }
    if (earliest >= before) break;  // an empty page, or one that was there already
    before = earliest;
  }
  std::sort(newest_first.begin(), newest_first.end(),
            [](const auto& left, const auto& right) { return left.open_time < right.open_time; });
  market::CandleSeries series;
  for (const market::Candle& candle : newest_first) {
    if (series.open_time.empty() || series.open_time.back() < candle.open_time) {
      series.push_back(candle);
    }
  }
  return series;
}

}  // namespace hts::upbit
