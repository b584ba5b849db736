#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

/// Paper trading of a running daemon.
namespace hts::cli {

/// `hts simulation start`: begins a session, from options or from a request in a file.
int run_simulation_start(const std::vector<std::string>& arguments,
                         CommandEnvironment& environment);
/// `hts simulation stop`: ends it; positions stay open.
int run_simulation_stop(const std::vector<std::string>& arguments, CommandEnvironment& environment);
/// `hts simulation status`: how it is. Exit status 1 when it is halted.
int run_simulation_status(const std::vector<std::string>& arguments,
                          CommandEnvironment& environment);
/// `hts simulation parity`: runs it again offline and compares. Exit status 1 for differences.
int run_simulation_parity(const std::vector<std::string>& arguments,
                          CommandEnvironment& environment);
/// `hts positions`: the open positions.
int run_positions(const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
