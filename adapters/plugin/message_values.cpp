#include "adapters/plugin/message_values.hpp"

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace hts::plugin {
namespace {

void put_value(MessageWriter& writer, const strategies::ParameterValue& value) {
  writer.put<std::uint32_t>(static_cast<std::uint32_t>(value.index()));
  std::visit(
      [&](const auto& content) {
        if constexpr (std::is_same_v<std::decay_t<decltype(content)>, std::string>) {
          writer.text(content);
        } else {
          writer.put(content);
        }
      },
      value);
}

strategies::ParameterValue get_value(MessageReader& reader) {
  switch (reader.get<std::uint32_t>()) {
    case 0:
      return reader.get<std::uint8_t>() != 0;
    case 1:
      return reader.get<std::int64_t>();
    case 2:
      return reader.get<double>();
    default:
      return reader.text();
  }
}

}  // namespace

void put_parameters(MessageWriter& writer, const strategies::Parameters& parameters) {
  writer.put<std::uint64_t>(parameters.values().size());
  for (const auto& [name, value] : parameters.values()) {
    writer.text(name);
    put_value(writer, value);
  }
}

strategies::Parameters get_parameters(MessageReader& reader) {
  std::vector<strategies::NamedValue> values;
  const auto count = reader.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && reader.sound(); ++i) {
    std::string name = reader.text();
    values.emplace_back(std::move(name), get_value(reader));
  }
  return strategies::Parameters::adopt(std::move(values));
}

void put_facts(MessageWriter& writer, const PluginFacts& facts) {
  writer.text(facts.name);
  writer.text(facts.title);
  writer.text(facts.help);
  writer.put<std::int32_t>(facts.state_version);
  writer.put<std::uint8_t>(facts.uses_orders ? 1 : 0);
  writer.put<std::uint8_t>(facts.has_check ? 1 : 0);
  writer.put<std::uint8_t>(facts.has_warm_up ? 1 : 0);
  writer.put<std::uint64_t>(facts.schema.size());
  for (const auto& parameter : facts.schema) {
    writer.text(parameter.name);
    put_value(writer, parameter.default_value);
    writer.put(parameter.minimum);
    writer.put(parameter.maximum);
    writer.put<std::uint8_t>(parameter.minimum_excluded ? 1 : 0);
    writer.text(parameter.unit);
    writer.text(parameter.help);
  }
}

PluginFacts get_facts(MessageReader& reader) {
  PluginFacts facts;
  facts.name = reader.text();
  facts.title = reader.text();
  facts.help = reader.text();
  facts.state_version = reader.get<std::int32_t>();
  facts.uses_orders = reader.get<std::uint8_t>() != 0;
  facts.has_check = reader.get<std::uint8_t>() != 0;
  facts.has_warm_up = reader.get<std::uint8_t>() != 0;
  const auto count = reader.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && reader.sound(); ++i) {
    strategies::ParameterSchema parameter;
    parameter.name = reader.text();
    parameter.default_value = get_value(reader);
    parameter.minimum = reader.get<double>();
    parameter.maximum = reader.get<double>();
    parameter.minimum_excluded = reader.get<std::uint8_t>() != 0;
    parameter.unit = reader.text();
    parameter.help = reader.text();
    facts.schema.push_back(std::move(parameter));
  }
  return facts;
}

}  // namespace hts::plugin
