#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts strategy new NAME`: the files of a new strategy, ready to build as a plugin.
int run_strategy_new(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
