#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::backtest {

/// The first value of an indicator that knew the future, as a sentence, or nothing. After `bars`
/// drawn bars the candles are replaced (scaled, reversed, a random walk, in turn) and cut; the
/// values up to the bar must keep their bits. Requires parameters that passed the indicator's
/// `resolve`. O(bars * candles).
[[nodiscard]] std::optional<std::string> find_indicator_bias(
    const indicators::IndicatorDefinition& definition, const parameters::Parameters& parameters,
    market::CandleView candles, std::size_t bars = 8, std::uint64_t seed = 1);

}  // namespace hts::backtest
