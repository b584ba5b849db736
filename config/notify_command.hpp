#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::config {

/// `hts notify test [--channel X] [--json]`: one alert to each channel, past the outbox.
int run_notify_test(const std::vector<std::string>& arguments,
                    cli::CommandEnvironment& environment);
/// `hts notify list [--json]`: what waits in the outbox, and why.
int run_notify_list(const std::vector<std::string>& arguments,
                    cli::CommandEnvironment& environment);

}  // namespace hts::config
