#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "adapters/job_kinds/job_kinds.hpp"
#include "engine/backtest/sweep/sweep.hpp"
#include "engine/backtest/validation/verdict.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::job_kinds {

/// A sweep or a walk as a client writes it:
///
///     {"strategy", "symbols", "start_date", "end_date", "timeframe", "portfolio": {...},
///      "params": {"fast": "5:50:5", "slow": [20, 50], "stop": 3}, "by": "sharpe_ratio",
///      "minimize": false, "random": 1000, "seed": 1, "top": 10, "check_bias": true,
///      "train": 500 | "40%", "test": 100 | "10%", "anchored": false}
///
/// The first line is that of a backtest of the mode `portfolio`; the last is a walk's.
struct SearchRequest {
  backtest::SweepRequest sweep;
  market::Timeframe timeframe = market::Timeframe::day();
  time::TimeRange range;
  backtest::VerdictOptions verdict;
  std::string train;  ///< of a walk: bars, or a share of the data; empty otherwise
  std::string test;
  bool anchored = false;
};

enum class SearchKind { sweep, walk_forward };

/// Errors: those of the backtest; invalid with the field (`params.NAME`, `by`, `random`, `train`,
/// ...); too_large for more than a million combinations.
[[nodiscard]] result::Result<SearchRequest> read_search(const ParseBacktest& parse_backtest,
                                                        SearchKind kind,
                                                        const boost::json::object& request);

/// A JSON object of at most 8 MB. Errors: malformed, too_large, invalid; field `request`.
[[nodiscard]] result::Result<boost::json::object> read_object(std::string_view text);

}  // namespace hts::job_kinds
