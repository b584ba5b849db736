#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts serve`: runs the daemon until SIGTERM or SIGINT, then drains and returns 0.
int run_serve(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);

}  // namespace hts::config
