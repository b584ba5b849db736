#include "adapters/cli/strategies_command.hpp"

#include <ostream>

#include "adapters/cli/listing.hpp"
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
  print_parameters(definition.schema, out);
}

}  // namespace

int run_strategies(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"strategies", "hts strategies [NAME] [--json]",
                         "Lists the strategies with their parameters, defaults and ranges.",
                         "hts strategies volume_zone_breakout"};
  const auto parsed = parse_listing(help, "strategy", arguments, environment);
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
