#pragma once

#include <cstdint>
#include <string>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/run_candles.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// Loads and studies each symbol of the request in turn, or trades them all on one account.
/// `run_id`, `executed_at`, `environment`, `execution_host` and `execution_seconds` are left for
/// the caller, who knows them, as is `document`. Strategies see only candles inside the range.
/// Blocks as long as it computes; `control` is told the share of the whole run, and setting its
/// flag from any thread ends the run within 50 ms of computing. Errors: those of `load` (field
/// `symbols`), invalid (data shorter than a strategy's warm-up), cancelled, a strategy that fails.
[[nodiscard]] result::Result<BacktestRun> execute(const BacktestRequest& request,
                                                  const LoadCandles& load,
                                                  const StudyControl& control = {});
/// The same with candles some of which may be there already; they are taken.
[[nodiscard]] result::Result<BacktestRun> execute(const BacktestRequest& request,
                                                  RunCandles& candles,
                                                  const StudyControl& control = {});

/// A version 4 UUID made of 128 random bits.
[[nodiscard]] std::string make_run_id(std::uint64_t high, std::uint64_t low);

}  // namespace hts::backtest
