#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts db copy --from URL --to URL [--json]`. Exit 1 when the two ends are not equal afterwards.
int run_db_copy(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);
/// `hts import-results DIR [--json]`. Exit 1 when a file failed.
int run_import_results(const std::vector<std::string>& arguments,
                       cli::CommandEnvironment& environment);

}  // namespace hts::config
