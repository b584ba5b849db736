#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts sweep`: tries a space of parameters and judges the best.
int run_sweep_command(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
