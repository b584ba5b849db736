#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/paper/warm_strategy.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"

namespace hts::paper {

/// A strategy with all that it has seen, as bytes for a restart of the same session to go on from:
/// what it decides from there on is, to the last bit, what one decides that has seen the candles.
/// Requires one that has not failed. Nothing: it cannot be taken; code of the strategy's own threw,
/// or gave a number that is not finite.
[[nodiscard]] std::optional<std::string> snapshot_bytes(
    const strategies::StrategyDefinition& definition, const WarmStrategy& warm);

/// Nothing unless the bytes are whole and of this very strategy: its name, state version, code from
/// outside, parameters, and the first candle that it has seen. Then the candles tell instead.
[[nodiscard]] std::optional<WarmStrategy> from_snapshot(
    std::string_view bytes, const strategies::StrategyDefinition& definition,
    const parameters::Parameters& parameters, time::Timestamp warmed_from);

/// For a strategy that gives orders of its own, whose candles alone do not bring it back: whether
/// one made from its snapshot has the same snapshot. Requires one that has not failed. Error:
/// invalid, field `strategy`.
[[nodiscard]] result::Status check_snapshot(const strategies::StrategyDefinition& definition,
                                            const WarmStrategy& warm);

}  // namespace hts::paper
