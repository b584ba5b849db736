#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts strategies [NAME]`: what there is and what each can be told.
int run_strategies(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
