#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

/// The scheduled tasks of a running daemon.
namespace hts::cli {

[[nodiscard]] int run_schedule_list(const std::vector<std::string>& arguments,
                                    CommandEnvironment& environment);
/// Waits for the end of the run unless asked not to; exit status 1 when it was not done.
[[nodiscard]] int run_schedule_run(const std::vector<std::string>& arguments,
                                   CommandEnvironment& environment);

}  // namespace hts::cli
