#include "adapters/cli/command.hpp"

namespace hts::cli {

namespace options = boost::program_options;

ParsedArguments parse_arguments(const CommandHelp& help, options::options_description described,
                                const options::positional_options_description& positional,
                                const std::vector<std::string>& arguments,
                                CommandEnvironment& environment) {
  described.add_options()("help,h", "show this help");
  ParsedArguments parsed;
  try {
    options::store(options::command_line_parser(arguments)
                       .options(described)
                       .positional(positional)
                       .style(options::command_line_style::unix_style &
                              ~options::command_line_style::allow_guessing)
                       .run(),
                   parsed.values);
    if (parsed.values.count("help") > 0) {
      // Positional arguments are named in the usage line; as options they would only confuse.
      options::options_description shown("Options");
      for (const auto& option : described.options()) {
        if (positional.max_total_count() == 0 ||
            option->description().find("(argument)") == std::string::npos) {
          shown.add(option);
        }
      }
      environment.out << "Usage: " << help.usage << "\n\n"
                      << help.summary << "\n\n"
                      << shown << "\nExample:\n  " << help.example << "\n";
      parsed.finished = exit_success;
      return parsed;
    }
    options::notify(parsed.values);
  } catch (const options::error& error) {
    environment.err << "hts " << help.name << ": " << error.what() << ". See 'hts " << help.name
                    << " --help'.\n";
    parsed.finished = exit_usage;
  }
  return parsed;
}

int report(const result::Error& error, CommandEnvironment& environment, ExitStatus status) {
  environment.err << "hts: " << error.message << "\n";
  return status;
}

}  // namespace hts::cli
