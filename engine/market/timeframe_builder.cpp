#include "engine/market/timeframe_builder.hpp"

#include <algorithm>

#include "engine/market/candle_grid.hpp"

namespace hts::market {

time::Timestamp bucket_open_at(time::Timestamp t, Timeframe timeframe,
                               DayBoundary boundary) noexcept {
  if (boundary == DayBoundary::utc || timeframe < Timeframe::day()) {
    return candle_open_at(t, timeframe);
  }
  return candle_open_at(t + time::kst_offset, timeframe) - time::kst_offset;
}

std::optional<TimeframeBuilder::Closed> TimeframeBuilder::add(const Candle& minute) noexcept {
  std::optional<Closed> closed;
  if (is_open_ && minute.open_time >= ends_) closed = take();
  if (!is_open_) {
    const time::Timestamp opens = bucket_open_at(minute.open_time, timeframe_, boundary_);
    candle_ = minute;
    candle_.open_time = opens;
    volume_ = {};
    ends_ = opens + timeframe_.length();
    is_open_ = true;
  } else {
    candle_.high = std::max(candle_.high, minute.high);
    candle_.low = std::min(candle_.low, minute.low);
    candle_.close = minute.close;
  }
  volume_.add(minute.volume);
  return closed;
}

std::optional<TimeframeBuilder::Closed> TimeframeBuilder::close_minute(
    time::Timestamp minute) noexcept {
  if (!is_open_ || minute + Timeframe::minute().length() < ends_) return std::nullopt;
  return take();
}

std::optional<time::Timestamp> TimeframeBuilder::open_since() const noexcept {
  if (!is_open_) return std::nullopt;
  return candle_.open_time;
}

TimeframeBuilder::Closed TimeframeBuilder::take() noexcept {
  Closed closed{candle_, 0};
  closed.candle.volume = volume_.value();
  if (last_end_) {
    closed.missing =
        static_cast<std::uint32_t>((candle_.open_time - *last_end_) / timeframe_.length());
  }
  last_end_ = ends_;
  is_open_ = false;
  return closed;
}

CandleSeries resample(CandleView minutes, Timeframe timeframe, DayBoundary boundary,
                      time::Timestamp closed_before) {
  CandleSeries candles;
  TimeframeBuilder builder(timeframe, boundary);
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    if (const auto closed = builder.add(minutes[i])) candles.push_back(closed->candle);
  }
  if (const auto last = builder.close_minute(closed_before - Timeframe::minute().length())) {
    candles.push_back(last->candle);
  }
  return candles;
}

}  // namespace hts::market
