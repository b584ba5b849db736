#include "adapters/cli/program.hpp"

#include <algorithm>
#include <exception>
#include <ostream>

#include "engine/parameters/nearest_name.hpp"

namespace hts::cli {
namespace {

void print_program_help(const std::vector<ProgramCommand>& commands, std::ostream& out) {
  out << "HTS Engine: backtest crypto strategies and run them on paper.\n\n"
         "Usage: hts COMMAND [options]\n\nCommands:\n";
  std::size_t widest = 0;
  for (const auto& command : commands) widest = std::max(widest, command.name.size());
  for (const auto& command : commands) {
    out << "  " << command.name << std::string(widest - command.name.size() + 2, ' ')
        << command.summary << "\n";
  }
  out << "\n'hts COMMAND --help' shows a command's options and an example.\n"
         "--plugin FILE, with any command, loads a strategy from a shared library.\n"
         "Exit status: 0 done, 1 failed, 2 wrong usage.\n";
}

int run_guarded(const ProgramCommand& command, const std::vector<std::string>& arguments,
                CommandEnvironment& environment) {
  try {
    return command.run(arguments, environment);
  } catch (const std::exception& error) {
    environment.err
        << "hts " << command.name << ": " << error.what()
        << " (this is a defect of the program; please report it with the command you typed).\n";
    return exit_failed;
  }
}

int explain_unknown_command(const std::vector<ProgramCommand>& commands,
                            const std::vector<std::string>& arguments,
                            CommandEnvironment& environment) {
  const std::string& typed = arguments.front();
  std::string group;  // the commands that begin with this word, as in `hts data`
  for (const auto& command : commands) {
    if (command.name.starts_with(typed + " ")) {
      group += (group.empty() ? "" : ", ") + ("'hts " + std::string{command.name} + "'");
    }
  }
  if (!group.empty()) {
    const bool help = arguments.size() > 1 && (arguments[1] == "--help" || arguments[1] == "-h");
    (help ? environment.out : environment.err)
        << "hts " << typed << ": choose one of " << group << ".\n";
    return help ? exit_success : exit_usage;
  }
  std::vector<std::string_view> names;
  for (const auto& command : commands) names.push_back(command.name);
  const auto nearest = parameters::nearest_name(typed, names);
  environment.err << "hts: '" << typed.substr(0, 40) << "' is not a command.";
  if (!nearest.empty()) environment.err << " Did you mean '" << nearest << "'?";
  environment.err << " See 'hts --help'.\n";
  return exit_usage;
}

}  // namespace

int run_program(const std::vector<ProgramCommand>& commands, std::string_view version,
                const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  if (arguments.empty()) {
    print_program_help(commands, environment.err);
    return exit_usage;
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_program_help(commands, environment.out);
    return exit_success;
  }
  if (first == "--version" || first == "version") {
    environment.out << "hts " << version << "\n";
    return exit_success;
  }
  for (const auto& command : commands) {
    if (arguments.size() > 1 && command.name == first + " " + arguments[1]) {
      return run_guarded(command, {arguments.begin() + 2, arguments.end()}, environment);
    }
  }
  for (const auto& command : commands) {
    if (command.name == first) {
      return run_guarded(command, {arguments.begin() + 1, arguments.end()}, environment);
    }
  }
  return explain_unknown_command(commands, arguments, environment);
}

}  // namespace hts::cli
