#include "adapters/cli/strategies_command.hpp"

#include <ostream>

#include "adapters/cli/text_table.hpp"
#include "adapters/json/strategy_json.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::cli {
namespace {

void print_strategy(const strategies::StrategyDefinition& definition, std::ostream& out) {
  out << definition.name << ": " << definition.title << "\n" << definition.help << "\n";
  if (!definition.origin.empty()) {
    out << "Plugin: " << definition.origin << " (" << definition.fingerprint << ")\n";
  }
  out << "\n";
  TextTable table({"parameter", "type", "default", "range", "unit"});
  for (const auto& parameter : definition.schema) {
    table.add({parameter.name, std::string{parameter.type_name()},
               strategies::to_text(parameter.default_value), parameter.range_text(),
               parameter.unit});
  }
  table.print(out);
  for (const auto& parameter : definition.schema) {
    out << "  " << parameter.name << ": " << parameter.help << "\n";
  }
}

}  // namespace

int run_strategies(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const CommandHelp help{"strategies", "hts strategies [NAME] [--json]",
                         "Lists the strategies with their parameters, defaults and ranges.",
                         "hts strategies volume_zone_breakout"};
  options::options_description described("Options");
  described.add_options()("name", options::value<std::string>(), "(argument) only this strategy")(
      "json", "print JSON");
  options::positional_options_description positional;
  positional.add("name", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;

  std::vector<const strategies::StrategyDefinition*> chosen = strategies::all_strategies();
  if (parsed.values.count("name") > 0) {
    auto found = strategies::find_strategy(parsed.values["name"].as<std::string>());
    if (!found) return report(found.error(), environment, exit_usage);
    chosen = {*found};
  }
  if (parsed.values.count("json") > 0) {
    std::string text;
    json::Writer writer(text, json::Layout::pretty);
    json::write_strategies(writer, chosen);
    environment.out << text << "\n";
    return exit_success;
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i > 0) environment.out << "\n";
    print_strategy(*chosen[i], environment.out);
  }
  return exit_success;
}

}  // namespace hts::cli
