#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/cli/command.hpp"

/// The program `hts`: a list of commands and the help above them.
namespace hts::cli {

/// One entry of `hts --help`. `name` may be two words ("data inventory").
struct ProgramCommand {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>& arguments, CommandEnvironment& environment);
};

/// Finds the command that the first one or two words name and runs it with the rest. `--help`,
/// `--version` and no arguments are answered here; an unknown command is explained with the nearest
/// ones. Returns the exit status. An exception that a command lets escape ends here: one sentence
/// and exit status 1.
int run_program(const std::vector<ProgramCommand>& commands, std::string_view version,
                const std::vector<std::string>& arguments, CommandEnvironment& environment);

}  // namespace hts::cli
