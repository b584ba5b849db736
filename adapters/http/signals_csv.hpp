#pragma once

#include <string>

#include "engine/backtest/backtest_run.hpp"

namespace hts::http {

/// All signals of a run, one a line under a header, symbols in the run's order. Columns as in the
/// JSON answer: times ISO 8601 UTC, `return_pct` a fraction (0.05 is 5 %). O(signals).
[[nodiscard]] std::string signals_to_csv(const backtest::BacktestRun& run);

}  // namespace hts::http
