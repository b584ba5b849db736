#include "engine/market/candle_grid.hpp"

#include <chrono>

namespace hts::market {

time::Timestamp candle_open_at(time::Timestamp t, Timeframe timeframe) noexcept {
  const time::Duration length = timeframe.length();
  // 1970-01-01 was a Thursday: the first Monday is four days later.
  const time::Duration origin =
      timeframe.length() == std::chrono::weeks{1} ? std::chrono::days{4} : std::chrono::days{0};
  const time::Duration since_origin = t.time_since_epoch() - origin;
  time::Duration past_grid = since_origin % length;
  if (past_grid < time::Duration::zero()) past_grid += length;
  return t - past_grid;
}

bool opens_on_grid(time::Timestamp t, Timeframe timeframe) noexcept {
  return candle_open_at(t, timeframe) == t;
}

}  // namespace hts::market
