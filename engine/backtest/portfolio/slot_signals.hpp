#pragma once

#include <span>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/column_cache.hpp"

namespace hts::backtest {

/// Appends the signals of a slot's strategy on all candles of its symbol; none for one that gives
/// orders of its own. With `columns` (which may be null) they come from shared columns where the
/// strategy can do that, and are the same. Error: cancelled.
[[nodiscard]] result::Status scan_slot(const StrategySlot& slot, market::CandleView candles,
                                       strategies::ColumnCache* columns,
                                       const StudyControl& control,
                                       std::vector<strategies::IndexedSignal>& signals);

/// Error: invalid, field `symbols`: a symbol has too few candles for a strategy to decide even
/// once.
[[nodiscard]] result::Status check_history(const PortfolioPlan& plan,
                                           std::span<const market::CandleView> candles);

}  // namespace hts::backtest
