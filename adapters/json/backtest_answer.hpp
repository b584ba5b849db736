#pragma once

#include <boost/json/value.hpp>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::json {

/// Reads a backtest answer (see `backtest_json.hpp`) back into a run, ours or the seed system's.
///
/// Needed: `run_id` (a UUID), `strategy`, `symbols[]` with `symbol`, and of each signal
/// `timestamp`, `entry_price` and `exit_price`. What else is missing is computed (statistics from
/// the signals, returns from the prices) or empty; `executed_at` stands in for a missing
/// `execution_date`. Performance curves are not read: they follow from the signals. Times without a
/// zone are UTC. Errors: invalid with the field, `symbols[0].signals[3].entry_price`. O(n).
[[nodiscard]] result::Result<backtest::BacktestRun> parse_backtest(const boost::json::value& answer,
                                                                   time::Timestamp executed_at);

}  // namespace hts::json
