#pragma once

#include <string>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::backtest {

/// A request as it came from outside: nothing is checked yet.
struct RawBacktestRequest {
  std::string strategy;
  std::vector<strategies::NamedValue> params;
  std::vector<std::string> symbols;
  std::string start_date;
  std::string end_date;
  std::string timeframe = "1d";
  std::string mode = "signals";
  std::string description;
};

inline constexpr std::size_t max_symbols = 1'000;
inline constexpr std::size_t max_description_bytes = 4'096;

/// Checks everything that can be checked without candles. A symbol given twice, in whatever
/// spelling, is an error. Errors: invalid with the field (`strategy`, `params.NAME`, `symbols`,
/// `start_date`, `timeframe`, `mode`, ...), unknown_symbol with field `symbols[i]`.
[[nodiscard]] result::Result<BacktestRequest> make_backtest_request(const RawBacktestRequest& raw);

}  // namespace hts::backtest
