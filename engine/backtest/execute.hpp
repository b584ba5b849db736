#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/signal_study.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// Where a run's candles come from: the catalog, a file, a test.
using LoadCandles = std::function<result::Result<market::CandleSeries>(
    const market::Symbol&, market::Timeframe, time::TimeRange)>;

/// Loads and studies each symbol of the request in turn. `run_id`, `executed_at`, `environment`,
/// `execution_host` and `execution_seconds` are left for the caller, who knows them. Strategies see
/// only candles inside the range. Blocks as long as it computes; `control` is told the share of the
/// whole run, and setting its flag from any thread ends the run within 50 ms of computing.
/// Errors: those of `load` (field `symbols`), cancelled.
[[nodiscard]] result::Result<BacktestRun> execute(const BacktestRequest& request,
                                                  const LoadCandles& load,
                                                  const StudyControl& control = {});

/// A version 4 UUID made of 128 random bits.
[[nodiscard]] std::string make_run_id(std::uint64_t high, std::uint64_t low);

}  // namespace hts::backtest
