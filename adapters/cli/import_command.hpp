#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts import FILE... [--symbol S] [--timeframe T] [--data-root D] [--json]`. Each file is a
/// transaction of its own; after one that fails the others are still imported, and the exit status
/// is that of the failure: 2 when the file does not say what it is, else 1.
int run_import(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
