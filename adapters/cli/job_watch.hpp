#pragma once

#include <string>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// Shows how far a job is until it ends: a bar on a terminal, else a line when its state changes.
/// Hears of it by events, or asks twice a second where the daemon offers none; goes on when the
/// daemon comes back within a minute. Ctrl-C leaves the job running and says so. Exit status 0 only
/// when the job completed. `as_json`: the last state as the daemon tells it.
int watch_job(const std::string& daemon, const std::string& task_id, bool as_json,
              CommandEnvironment& environment);

}  // namespace hts::cli
