#include "adapters/json/indicator_json.hpp"

#include "adapters/json/parameters_json.hpp"

namespace hts::json {

void write_indicators(Writer& writer,
                      const std::vector<indicators::IndicatorDefinition>& definitions) {
  writer.begin_object();
  writer.key("indicators");
  writer.begin_array();
  for (const auto& definition : definitions) {
    writer.begin_object();
    writer.member("name", definition.name);
    writer.member("title", definition.title);
    writer.member("description", definition.help);
    writer.member("group", indicators::group_name(definition.group));
    writer.key("outputs");
    writer.begin_array();
    for (const auto& output : definition.outputs) writer.value(output);
    writer.end_array();
    writer.key("parameters");
    writer.begin_array();
    for (const auto& parameter : definition.schema) write_parameter_schema(writer, parameter);
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", definitions.size());
  writer.end_object();
}

void write_indicator_columns(Writer& writer, const indicators::IndicatorDefinition& definition,
                             const parameters::Parameters& parameters,
                             const std::vector<std::vector<double>>& columns) {
  writer.begin_object();
  writer.member("indicator", definition.name);
  writer.key("params");
  write_parameters(writer, parameters.values());
  writer.key("outputs");
  writer.begin_object();
  for (std::size_t output = 0; output < columns.size(); ++output) {
    writer.key(definition.outputs[output]);
    writer.begin_array();
    for (const double value : columns[output]) writer.value(value);
    writer.end_array();
  }
  writer.end_object();
  writer.end_object();
}

}  // namespace hts::json
