#pragma once

#include <boost/program_options.hpp>

#include "engine/backtest/backtest_request.hpp"
#include "engine/result/result.hpp"

namespace hts::cli {

/// The options that say what to backtest: strategies, parameters, symbols, dates, mode, account.
void add_request_options(boost::program_options::options_description& description);

/// The request that was typed, not checked by the engine yet. `--param` is `name=value`, with the
/// strategy's name and a dot before it, or a symbol and a colon, if it is for one of several.
/// Errors: invalid, field `params.KEY`; those of `read_rules_file`.
[[nodiscard]] result::Result<backtest::RawBacktestRequest> read_request_options(
    const boost::program_options::variables_map& values);

}  // namespace hts::cli
