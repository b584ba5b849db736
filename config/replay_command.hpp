#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts replay`: executes a journal again and compares. Exit status 0 when everything was the same,
/// 1 when not, 2 for wrong usage.
int run_replay(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);

}  // namespace hts::config
