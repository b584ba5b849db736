#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts simulate`: the daemon in virtual time, with faults, from a seed.
int run_simulate(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);

}  // namespace hts::config
