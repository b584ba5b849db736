#include "engine/market/candle_series.hpp"

#include <algorithm>

namespace hts::market {

CandleView CandleView::within(time::TimeRange range) const noexcept {
  const auto begin = std::lower_bound(open_time.begin(), open_time.end(), range.begin);
  const auto end = std::lower_bound(begin, open_time.end(), range.end);
  return slice(static_cast<std::size_t>(begin - open_time.begin()),
               static_cast<std::size_t>(end - begin));
}

void CandleSeries::reserve(std::size_t count) {
  open_time.reserve(count);
  for (auto* column : {&open, &high, &low, &close, &volume}) column->reserve(count);
}

void CandleSeries::clear() noexcept {
  open_time.clear();
  for (auto* column : {&open, &high, &low, &close, &volume}) column->clear();
}

void CandleSeries::push_back(const Candle& candle) {
  open_time.push_back(candle.open_time);
  open.push_back(candle.open);
  high.push_back(candle.high);
  low.push_back(candle.low);
  close.push_back(candle.close);
  volume.push_back(candle.volume);
}

void CandleSeries::append(CandleView candles) {
  open_time.insert(open_time.end(), candles.open_time.begin(), candles.open_time.end());
  open.insert(open.end(), candles.open.begin(), candles.open.end());
  high.insert(high.end(), candles.high.begin(), candles.high.end());
  low.insert(low.end(), candles.low.begin(), candles.low.end());
  close.insert(close.end(), candles.close.begin(), candles.close.end());
  volume.insert(volume.end(), candles.volume.begin(), candles.volume.end());
}

}  // namespace hts::market
