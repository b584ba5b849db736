#include "adapters/json/strategy_json.hpp"

#include "adapters/json/parameters_json.hpp"

namespace hts::json {

void write_strategy(Writer& writer, const strategies::StrategyDefinition& definition) {
  writer.begin_object();
  writer.member("name", definition.name);
  writer.member("title", definition.title);
  writer.member("description", definition.help);
  if (!definition.origin.empty()) {
    writer.member("plugin", definition.origin.substr(definition.origin.find_last_of('/') + 1));
    writer.member("fingerprint", definition.fingerprint);
  }
  writer.key("parameters");
  writer.begin_array();
  for (const auto& parameter : definition.schema) write_parameter_schema(writer, parameter);
  writer.end_array();
  writer.end_object();
}

void write_strategies(Writer& writer,
                      const std::vector<const strategies::StrategyDefinition*>& definitions) {
  writer.begin_object();
  writer.key("strategies");
  writer.begin_array();
  for (const auto* definition : definitions) write_strategy(writer, *definition);
  writer.end_array();
  writer.member("count", definitions.size());
  writer.end_object();
}

}  // namespace hts::json
