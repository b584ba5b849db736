#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "adapters/cli/command.hpp"
#include "engine/parameters/parameters.hpp"

/// What the commands that list all of a kind, or explain the one that is named, have in common.
namespace hts::cli {

/// The options `[NAME] [--json]`; `kind` is that of the name: "indicator".
[[nodiscard]] ParsedArguments parse_listing(const CommandHelp& help, const std::string& kind,
                                            const std::vector<std::string>& arguments,
                                            CommandEnvironment& environment);

/// A table of the parameters, and a line on each.
void print_parameters(const std::vector<parameters::ParameterSchema>& schema, std::ostream& out);

}  // namespace hts::cli
