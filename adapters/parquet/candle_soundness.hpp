#pragma once

#include <optional>
#include <string>

#include "engine/market/candle_series.hpp"

namespace hts::parquet {

/// The first candle that is none, as the end of a sentence that begins with a file's name. O(n).
[[nodiscard]] std::optional<std::string> find_unsound(market::CandleView candles);

}  // namespace hts::parquet
