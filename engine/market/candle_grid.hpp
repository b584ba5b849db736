#pragma once

#include "engine/market/timeframe.hpp"
#include "engine/time/timestamp.hpp"

/// Where candles of a timeframe may open: every whole length since 1970-01-01T00:00Z, and weeks on
/// Mondays 00:00 UTC, as the exchanges cut them.
namespace hts::market {

/// The latest grid point at or before `t`. O(1).
[[nodiscard]] time::Timestamp candle_open_at(time::Timestamp t, Timeframe timeframe) noexcept;

/// Whether a candle of this timeframe may open at `t`.
[[nodiscard]] bool opens_on_grid(time::Timestamp t, Timeframe timeframe) noexcept;

}  // namespace hts::market
