#pragma once

#include <span>

#include "adapters/cli/command.hpp"
#include "engine/backtest/backtest_run.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::cli {

/// `--check-bias` of a backtest: repeats it with its future changed and cut, and says what came
/// out, on `out` or, where that is for a machine, on `err`. `candles[i]` are those of the request's
/// plan, or of its symbols in the mode `signals`. The exit status: failed when it looks into the
/// future.
int check_bias_of(const backtest::BacktestRequest& request,
                  std::span<const market::CandleView> candles, bool quiet_out,
                  CommandEnvironment& environment);

/// What is checked: the account's plan, or in the mode `signals` one that trades all of them.
[[nodiscard]] backtest::PortfolioPlan plan_of(const backtest::BacktestRequest& request);

}  // namespace hts::cli
