#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/time/timestamp.hpp"

/// Candles for the tests of candle stores.
namespace hts::testing {

inline market::Symbol symbol(const std::string& text) {
  return market::Symbol::parse(text).value();
}

inline time::Timestamp at(const std::string& iso) {
  return time::parse_iso8601(iso).value();
}

/// Sound candles, a timeframe apart; `shift` makes them differ from those of another call.
inline market::CandleSeries candles_from(
    time::Timestamp first, std::size_t count, double shift = 0,
    market::Timeframe timeframe = market::Timeframe::minute()) {
  market::CandleSeries candles;
  for (std::size_t i = 0; i < count; ++i) {
    const double close = 1000.5 + static_cast<double>(i % 97) + shift;
    candles.push_back({first + timeframe.length() * static_cast<std::int64_t>(i), close - 0.25,
                       close + 1.0 / 3.0, close - 2.125, close,
                       0.00000001 + static_cast<double>(i)});
  }
  return candles;
}

}  // namespace hts::testing
