#pragma once

#include <string>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"

namespace hts::http {

/// All trades of a run of the mode `portfolio`, one a line under a header, in order of exit;
/// columns as in the JSON answer. Error: internal, when the stored document has none. O(document).
[[nodiscard]] result::Result<std::string> trades_to_csv(const backtest::BacktestRun& run);

}  // namespace hts::http
