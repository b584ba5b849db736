#pragma once

#include <optional>
#include <string>

#include "engine/time/timestamp.hpp"

namespace hts::market {

/// One candle (OHLCV bar). Stamped with its open time; visible to strategies only once it has
/// closed. Prices in the quote currency, volume in the base currency.
struct Candle {
  time::Timestamp open_time{};
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  double volume = 0;

  friend bool operator==(const Candle&, const Candle&) = default;
};

/// What is wrong with a candle, as the end of a sentence ("high 9 is below low 10"), or nothing.
/// Sound: prices finite and above 0, low <= open, close <= high, volume finite and not negative.
[[nodiscard]] std::optional<std::string> find_defect(const Candle& candle);

}  // namespace hts::market
