#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts jobs list|show|watch|cancel|retry|dlq|pause|resume|submit`: the jobs of a running daemon.
int run_jobs(const std::vector<std::string>& arguments, CommandEnvironment& environment);

/// `hts jobs submit`: one more of them, read from a file or from standard input.
int run_jobs_submit(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
