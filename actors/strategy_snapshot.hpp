#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/strategy_runner.hpp"

namespace hts::actors {

/// A strategy with all that it has seen, as bytes for a restart of the same session to go on from:
/// what it decides from there on is, to the last bit, what one decides that has seen the candles.
/// Requires one that has not failed. Nothing: it cannot be taken; code of the strategy's own threw.
[[nodiscard]] std::optional<std::string> snapshot_bytes(
    const strategies::StrategyDefinition& definition, const WarmStrategy& warm);

/// Nothing unless the bytes are whole and of this very strategy: its name, state version, code from
/// outside, parameters, and the first candle that it has seen. Then the candles tell instead.
[[nodiscard]] std::optional<WarmStrategy> from_snapshot(
    std::string_view bytes, const strategies::StrategyDefinition& definition,
    const parameters::Parameters& parameters, time::Timestamp warmed_from);

}  // namespace hts::actors
