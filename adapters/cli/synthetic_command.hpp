#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts data synthetic`: puts a generated series into the catalog, for trying things out without
/// market data.
int run_synthetic(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
