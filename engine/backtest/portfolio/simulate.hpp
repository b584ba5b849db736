#pragma once

#include <span>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// What a caller needs of a result; the rest is left empty, which makes sweeps cheaper.
struct Detail {
  bool fills = true;
  bool excursions = true;  ///< else those of a trade know its entry and exit price only
  bool time = true;
};

/// Trades the plan on these candles, `candles[i]` being those of `plan.symbols[i]`, sound and
/// oldest first. Deterministic: equal plans and candles give equal results to the last bit.
///
/// A candle's orders are those given up to the close before it. At its open, slot by slot: gaps
/// through a stop or limit fill at the open, then market orders fill; inside it stops, targets and
/// limits at their price; at its close strategies decide and the account is marked. With a stop
/// and a target inside one candle, `settings.intrabar` decides and the candle is counted.
///
/// Runs to its end on the calling thread; independent simulations may run on other threads.
/// Errors: invalid (data shorter than a strategy's warm-up, naming both; a setting that makes no
/// sense, with its field), cancelled, a strategy that fails (see strategies/contained.hpp).
[[nodiscard]] result::Result<PortfolioResult> simulate(const PortfolioPlan& plan,
                                                       std::span<const market::CandleView> candles,
                                                       const Detail& detail = {},
                                                       const StudyControl& control = {});

/// The same with the strategies' signals already there: `signals[i]` are those of slot i, ascending
/// by candle of its symbol (empty for one that gives orders of its own). Checks nothing. The memory
/// of `result` is used again, so that many simulations of equal length allocate almost nothing.
/// After an error its content means nothing.
[[nodiscard]] result::Status simulate_signals(
    const PortfolioPlan& plan, std::span<const market::CandleView> candles,
    std::span<const std::span<const strategies::IndexedSignal>> signals, const Detail& detail,
    const StudyControl& control, PortfolioResult& result);

/// Errors: invalid, with the setting's name as field.
[[nodiscard]] result::Status check_settings(const PortfolioSettings& settings);

/// Candles that pass before every strategy of the plan could give a signal.
[[nodiscard]] std::size_t warm_up_of(const PortfolioPlan& plan);

}  // namespace hts::backtest
