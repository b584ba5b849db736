#pragma once

#include <string>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/portfolio/portfolio_options.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::backtest {

/// Parameters that hold for one symbol only.
struct SymbolParameters {
  std::string symbol;
  std::vector<strategies::NamedValue> params;
};

/// A request as it came from outside: nothing is checked yet. What stands behind `description` is
/// for the mode `portfolio`.
struct RawBacktestRequest {
  std::string strategy;
  /// With several strategies, `NAME.parameter` is for one of them and `parameter` for all that
  /// have it.
  std::vector<strategies::NamedValue> params;
  std::vector<std::string> symbols;
  std::string start_date;
  std::string end_date;
  std::string timeframe = "1d";
  std::string mode = "signals";
  std::string description;
  std::vector<std::string> more_strategies;     ///< that trade on the same account
  std::vector<SymbolParameters> symbol_params;  ///< over `params`, for these symbols
  std::vector<std::string> disabled_symbols;    ///< of `symbols`; they are not traded
  std::vector<NamedText> portfolio;             ///< the account's options
  /// The daemon computes even if it has the answer already.
  bool fresh = false;
};

inline constexpr std::size_t max_symbols = 1'000;
inline constexpr std::size_t max_description_bytes = 4'096;

/// Checks everything that can be checked without candles. A symbol given twice, in whatever
/// spelling, is an error. Errors: invalid with the field (`strategy`, `params.NAME`, `symbols`,
/// `start_date`, `timeframe`, `mode`, `portfolio.NAME`, ...), unknown_symbol with field
/// `symbols[i]`.
[[nodiscard]] result::Result<BacktestRequest> make_backtest_request(const RawBacktestRequest& raw);

}  // namespace hts::backtest
