#pragma once

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/signal_report.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

/// The `signals` mode: every BUY of the strategy on these candles that is an entry is made at the
/// close of its bar and left at the close `hold_period_bars` later (of the parameters; 1 without
/// it), clamped to the last bar.
///
/// Parameters must be resolved from the definition's schema; candles sound and oldest first. Runs
/// to its end on the calling thread; independent studies may run on other threads. Linear in the
/// candles; memory only for the signals. Errors: cancelled, within 50 ms of the flag;
/// a strategy that fails (see strategies/contained.hpp), naming it and the bar.
[[nodiscard]] result::Result<SignalReport> run_signal_study(
    const strategies::StrategyDefinition& definition, const strategies::Parameters& parameters,
    market::CandleView candles, const StudyControl& control = {});

}  // namespace hts::backtest
