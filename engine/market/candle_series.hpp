#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::market {

/// Read-only columns of candles, oldest first, equal lengths. Does not own; cheap to copy.
struct CandleView {
  std::span<const time::Timestamp> open_time;
  std::span<const double> open;
  std::span<const double> high;
  std::span<const double> low;
  std::span<const double> close;
  std::span<const double> volume;

  [[nodiscard]] std::size_t size() const noexcept { return open_time.size(); }
  [[nodiscard]] bool empty() const noexcept { return open_time.empty(); }
  [[nodiscard]] Candle operator[](std::size_t i) const noexcept {
    return {open_time[i], open[i], high[i], low[i], close[i], volume[i]};
  }
  [[nodiscard]] CandleView slice(std::size_t begin, std::size_t count) const noexcept {
    return {open_time.subspan(begin, count), open.subspan(begin, count),
            high.subspan(begin, count),      low.subspan(begin, count),
            close.subspan(begin, count),     volume.subspan(begin, count)};
  }
  /// The part with open times in the range. Requires ascending open times. O(log n).
  [[nodiscard]] CandleView within(time::TimeRange range) const noexcept;
};

/// Owned columns. 48 bytes a candle.
struct CandleSeries {
  std::vector<time::Timestamp> open_time;
  std::vector<double> open;
  std::vector<double> high;
  std::vector<double> low;
  std::vector<double> close;
  std::vector<double> volume;

  [[nodiscard]] std::size_t size() const noexcept { return open_time.size(); }
  [[nodiscard]] bool empty() const noexcept { return open_time.empty(); }
  [[nodiscard]] Candle operator[](std::size_t i) const noexcept {
    return {open_time[i], open[i], high[i], low[i], close[i], volume[i]};
  }
  [[nodiscard]] CandleView view() const noexcept {
    return {open_time, open, high, low, close, volume};
  }
  void reserve(std::size_t count);
  void clear() noexcept;
  void push_back(const Candle& candle);
  void append(CandleView candles);

  friend bool operator==(const CandleSeries&, const CandleSeries&) = default;
};

}  // namespace hts::market
