#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts actors`: the actors of a running daemon with their mailboxes and failures.
int run_actors(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
