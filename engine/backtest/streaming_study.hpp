#pragma once

#include <cstddef>
#include <functional>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/signal_report.hpp"
#include "engine/market/candle_blocks.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "engine/time/timestamp.hpp"

/// The `signals` mode over more candles than memory holds: statistics, but no list of signals.
namespace hts::backtest {

/// Gives candles in blocks of any size, oldest first, and ends with the first error that `take`
/// gives back, with that error.
using StreamCandles = std::function<result::Status(const market::TakeCandles& take)>;

struct StreamedReport {
  std::size_t candles = 0;
  SignalStatistics statistics;

  friend bool operator==(const StreamedReport&, const StreamedReport&) = default;
};

/// The statistics that `run_signal_study` would give on the same candles, bit for bit, however they
/// are cut into blocks. Requires what that requires. Memory only for a block and for the trades
/// that are open, one a bar of the hold period at most. `range` is what the candles are expected to
/// span: progress is the share of its time. Errors: those of `stream`, of the strategy, cancelled.
[[nodiscard]] result::Result<StreamedReport> run_streaming_study(
    const strategies::StrategyDefinition& definition, const strategies::Parameters& parameters,
    time::TimeRange range, const StreamCandles& stream, const StudyControl& control = {});

/// Where the candles of a symbol come from, block by block.
using StreamSymbol = std::function<result::Status(
    const market::Symbol&, market::Timeframe, time::TimeRange, const market::TakeCandles& take)>;

/// As `execute` (see execute.hpp), but the symbols' reports have no trades, and memory does not
/// depend on how many candles there are. It has no fingerprint either. Further error: invalid,
/// field `mode`, for a portfolio.
[[nodiscard]] result::Result<BacktestRun> execute_streaming(const BacktestRequest& request,
                                                            const StreamSymbol& stream,
                                                            const StudyControl& control = {});

}  // namespace hts::backtest
