#include "adapters/json/strategy_json.hpp"

#include <variant>

namespace hts::json {
namespace {

void write_parameter_schema(Writer& writer, const strategies::ParameterSchema& parameter) {
  const bool unbounded = std::holds_alternative<bool>(parameter.default_value) ||
                         std::holds_alternative<std::string>(parameter.default_value);
  const auto bound = [&](const char* name, double value) {
    if (unbounded) {
      writer.member(name, nullptr);
    } else if (std::holds_alternative<std::int64_t>(parameter.default_value)) {
      writer.member(name, static_cast<std::int64_t>(value));
    } else {
      writer.member(name, value);
    }
  };
  writer.begin_object();
  writer.member("name", parameter.name);
  writer.member("type", parameter.type_name());
  writer.key("default");
  std::visit([&](const auto& value) { writer.value(value); }, parameter.default_value);
  bound("minimum", parameter.minimum);
  bound("maximum", parameter.maximum);
  if (unbounded) {
    writer.member("minimum_excluded", nullptr);
  } else {
    writer.member("minimum_excluded", parameter.minimum_excluded);
  }
  writer.member("unit", parameter.unit);
  writer.member("help", parameter.help);
  writer.end_object();
}

}  // namespace

void write_strategy(Writer& writer, const strategies::StrategyDefinition& definition) {
  writer.begin_object();
  writer.member("name", definition.name);
  writer.member("title", definition.title);
  writer.member("description", definition.help);
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
