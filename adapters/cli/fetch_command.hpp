#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts fetch upbit KRW-BTC 1m --from D [--to D] [--data-root D] [--base-url U] [--json]`. What
/// arrives before a failure or Ctrl-C stays in the catalog; the same command goes on from there.
int run_fetch(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
