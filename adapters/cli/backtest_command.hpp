#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts backtest`: a backtest of files or of the catalog in this process, or of the catalog through
/// a running daemon.
int run_backtest_command(const std::vector<std::string>& arguments,
                         CommandEnvironment& environment);

}  // namespace hts::cli
