#include "adapters/json/parameters_json.hpp"

#include <cstdint>
#include <limits>
#include <utility>
#include <variant>

#include <boost/json/object.hpp>

#include "engine/json/json_text.hpp"

namespace hts::json {

using parameters::NamedValue;
using result::ErrorCode;
using result::make_error;

void write_parameter_schema(Writer& writer, const parameters::ParameterSchema& parameter) {
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

void write_parameters(Writer& writer, const std::vector<NamedValue>& parameters) {
  writer.begin_object();
  for (const auto& [name, value] : parameters) {
    writer.key(name);
    std::visit([&writer](const auto& content) { writer.value(content); }, value);
  }
  writer.end_object();
}

std::string parameters_to_text(const std::vector<NamedValue>& parameters) {
  std::string text;
  Writer writer{text};
  write_parameters(writer, parameters);
  return text;
}

result::Result<std::vector<NamedValue>> parse_parameters(const boost::json::value& value) {
  const boost::json::object* object = value.if_object();
  if (object == nullptr) {
    return make_error(ErrorCode::invalid,
                      "params must be an object of names and values, for example "
                      "{\"hold_period_bars\": 3}.",
                      "params");
  }
  std::vector<NamedValue> parameters;
  parameters.reserve(object->size());
  for (const auto& member : *object) {
    std::string name{member.key().data(), member.key().size()};
    const boost::json::value& content = member.value();
    if (content.is_bool()) {
      parameters.emplace_back(std::move(name), content.get_bool());
    } else if (content.is_int64()) {
      parameters.emplace_back(std::move(name), std::int64_t{content.get_int64()});
    } else if (content.is_uint64()) {
      // Beyond int64: no parameter's range reaches there, and validation says so.
      parameters.emplace_back(std::move(name), static_cast<double>(content.get_uint64()));
    } else if (content.is_double()) {
      parameters.emplace_back(std::move(name), content.get_double());
    } else if (content.is_string()) {
      const auto& text = content.get_string();
      parameters.emplace_back(std::move(name), std::string{text.data(), text.size()});
    } else if (content.is_object() || content.is_array()) {
      // A structured value, such as the conditions of `rules`, travels as its text.
      parameters.emplace_back(std::move(name), to_text(content));
    } else {
      std::string field = "params." + name;
      return make_error(ErrorCode::invalid,
                        field + " must not be null: leave it out for its default.", field);
    }
  }
  return parameters;
}

}  // namespace hts::json
