#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts walk-forward`: searches on one stretch of the data and trades the best on the next, to the
/// end.
int run_walk_forward_command(const std::vector<std::string>& arguments,
                             CommandEnvironment& environment);

}  // namespace hts::cli
