#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts db migrate [--url URL] [--json]`.
int run_db_migrate(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);
/// `hts db status [--url URL] [--json]`.
int run_db_status(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment);
/// `hts db rollback [--to N] [--drop-rows] [--url URL] [--json]`.
int run_db_rollback(const std::vector<std::string>& arguments,
                    cli::CommandEnvironment& environment);

}  // namespace hts::config
