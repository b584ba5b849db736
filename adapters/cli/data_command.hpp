#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts data inventory [--symbol S] [--data-root D] [--json]`: every symbol and timeframe of the
/// catalog with its range, candles, gaps and bytes. Reads every candle once, a year at a time.
int run_data(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
