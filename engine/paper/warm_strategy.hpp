#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::paper {

/// A strategy that has seen the candles before those that it will be asked about.
struct WarmStrategy {
  std::optional<strategies::AnyStrategy> strategy;  ///< nothing: it failed
  std::uint64_t candles = 0;
  time::Timestamp warmed_from{};  ///< open time of the first candle
  time::Timestamp last_candle{};
  std::string error;
};

/// Shows a strategy that gives orders of its own a candle from before its session, number `index`
/// of those it sees. Its desk has no position, `cash` (quote currency) as equity, and takes no
/// order; a signal is ignored. Errors: those of strategies::decide_contained.
[[nodiscard]] result::Status show_past(const strategies::StrategyDefinition& definition,
                                       strategies::AnyStrategy& strategy,
                                       const market::Candle& candle, std::size_t index,
                                       double cash);

}  // namespace hts::paper
