#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts health`: asks a running daemon how it is; exit status 0 only when it says "ok".
int run_health(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
