#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/backtest/bias/look_record.hpp"
#include "engine/backtest/bias/order_record.hpp"
#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"

namespace hts::backtest {

/// Everything that a plan decided on some candles.
struct Decisions {
  std::vector<std::vector<strategies::IndexedSignal>> signals;  ///< by slot; index in its symbol
  std::vector<std::vector<RecordedOrder>> orders;               ///< by slot
  std::vector<Fill> fills;
};

/// Simulates the plan on these candles. Errors: those of `simulate`.
[[nodiscard]] result::Result<Decisions> decide(const PortfolioPlan& plan,
                                               std::span<const market::CandleView> candles,
                                               const StudyControl& control);

/// What the strategy of a slot looked at on each candle up to `last` of its symbol: a run of its
/// own, candle by candle. Errors: those of `simulate`.
[[nodiscard]] result::Status record_looks(const PortfolioPlan& plan, std::size_t slot,
                                          std::span<const market::CandleView> candles,
                                          std::size_t last, const StudyControl& control,
                                          LookRecord& looks);

}  // namespace hts::backtest
