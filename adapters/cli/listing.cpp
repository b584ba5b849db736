#include "adapters/cli/listing.hpp"

#include <ostream>
#include <utility>

#include "adapters/cli/text_table.hpp"

namespace hts::cli {

ParsedArguments parse_listing(const CommandHelp& help, const std::string& kind,
                              const std::vector<std::string>& arguments,
                              CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const std::string explained = "(argument) only this " + kind;
  options::options_description described("Options");
  described.add_options()("name", options::value<std::string>(), explained.c_str())("json",
                                                                                    "print JSON");
  options::positional_options_description positional;
  positional.add("name", 1);
  return parse_arguments(help, std::move(described), positional, arguments, environment);
}

void print_parameters(const std::vector<parameters::ParameterSchema>& schema, std::ostream& out) {
  TextTable table({"parameter", "type", "default", "range", "unit"});
  for (const auto& parameter : schema) {
    table.add({parameter.name, std::string{parameter.type_name()},
               parameters::to_text(parameter.default_value), parameter.range_text(),
               parameter.unit});
  }
  table.print(out);
  for (const auto& parameter : schema) {
    out << "  " << parameter.name << ": " << parameter.help << "\n";
  }
}

}  // namespace hts::cli
