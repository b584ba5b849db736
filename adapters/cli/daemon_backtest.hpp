#pragma once

#include <string>

#include "adapters/cli/command.hpp"
#include "engine/backtest/backtest_request.hpp"

namespace hts::cli {

/// Sends the request to the daemon at `url`, waits for the answer and prints it as a table or as it
/// came.
int run_through_daemon(const std::string& url, const backtest::RawBacktestRequest& request,
                       bool as_json, CommandEnvironment& environment);

/// Leaves the request with the daemon as a job, and says under which id.
int leave_with_daemon(const std::string& url, const backtest::RawBacktestRequest& request,
                      bool as_json, CommandEnvironment& environment);

}  // namespace hts::cli
