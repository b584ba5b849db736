#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// Strategy code is somebody's first draft. Whoever runs it calls it through here: what it throws
/// and what it says that makes no sense (a confidence that is no number) comes back as an error
/// that names the strategy, the bar and its time. Code internal for a built-in strategy (our
/// defect), invalid with field `strategy` for one from outside, cancelled when AnyStrategy::obey's
/// flag was set. The unthrown path costs nothing.
namespace hts::strategies {

[[nodiscard]] result::Result<AnyStrategy> make_contained(const StrategyDefinition& definition,
                                                         const Parameters& parameters);

/// AnyStrategy::scan of the `count` candles from `begin` on; signals carry their index in
/// `candles`.
[[nodiscard]] result::Status scan_contained(const StrategyDefinition& definition,
                                            AnyStrategy& strategy, market::CandleView candles,
                                            std::size_t begin, std::size_t count,
                                            std::vector<IndexedSignal>& signals);

/// The same of a block, the first candle of which is number `first_index` of the series.
[[nodiscard]] result::Status scan_contained(const StrategyDefinition& definition,
                                            AnyStrategy& strategy, market::CandleView block,
                                            std::size_t first_index,
                                            std::vector<IndexedSignal>& signals);

/// AnyStrategy::on_candle with this context; `index` is the candle's for the error. The signal it
/// gave, if any.
[[nodiscard]] result::Result<std::optional<Signal>> decide_contained(
    const StrategyDefinition& definition, AnyStrategy& strategy, const market::Candle& candle,
    std::size_t index, Context& context);

}  // namespace hts::strategies
