#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// The first number that a strategy looked at and that is another one in another run.
struct OperandDifference {
  std::string name;        ///< "sma(period=10, source=close)"
  std::size_t candle = 0;  ///< of the slot's symbol
  double with = 0;         ///< in the first run; NaN: it had no value
  double without = 0;      ///< in the other
};

struct OperandComparison {
  std::vector<std::string> compared;  ///< names of all that were compared; empty: it tells nothing
  std::optional<OperandDifference> first;
};

/// Compares what the strategy of a slot looked at up to the candle `last` of its symbol on these
/// candles and on others: the columns that its signals come from, then what it passes to
/// Context::look_at, named by the definition's `operands`. `announce` (may be empty) is told the
/// candles before each run. Up to four runs. Errors: those of `simulate`.
[[nodiscard]] result::Result<OperandComparison> compare_operands(
    const PortfolioPlan& plan, std::size_t slot, std::span<const market::CandleView> candles,
    std::span<const market::CandleView> others, std::size_t last,
    const std::function<void(std::span<const market::CandleView>)>& announce,
    const StudyControl& control);

}  // namespace hts::backtest
