#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts worker`: does jobs of a shared store on another machine than the daemon, until SIGTERM or
/// Ctrl-C.
int run_worker(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);

}  // namespace hts::config
