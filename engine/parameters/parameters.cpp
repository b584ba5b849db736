#include "engine/parameters/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace hts::parameters {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::string_view type_names[] = {"bool", "integer", "number", "text"};

std::string number_text(double value) {
  // A double in fixed notation needs at most 309 digits before the point; ordinary ranges need far
  // fewer, and outside them an exponent is easier to read.
  std::array<char, 64> text{};
  const double magnitude = std::abs(value);
  const bool ordinary = magnitude == 0 || (magnitude >= 1e-7 && magnitude < 1e15);
  const auto format = ordinary ? std::chars_format::fixed : std::chars_format::general;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format).ptr;
  return {text.data(), end};
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

template <class Number>
std::optional<Number> whole_text_as(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> as_integer(double value) {
  // 2^63 itself is a double but not an int64.
  constexpr double limit = 9223372036854775808.0;
  if (!(value >= -limit && value < limit) || value != std::trunc(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

/// The value in the schema's type, or nothing when it is of another type.
std::optional<ParameterValue> in_type_of(const ParameterSchema& schema,
                                         const ParameterValue& value) {
  if (value.index() == schema.default_value.index()) return value;
  const auto* integer = std::get_if<std::int64_t>(&value);
  const auto* number = std::get_if<double>(&value);
  if (std::holds_alternative<double>(schema.default_value) && integer != nullptr) {
    return static_cast<double>(*integer);
  }
  if (std::holds_alternative<std::int64_t>(schema.default_value) && number != nullptr) {
    if (const auto whole = as_integer(*number)) return *whole;
  }
  return std::nullopt;
}

bool in_range(const ParameterSchema& schema, const ParameterValue& value) {
  if (std::holds_alternative<bool>(value)) return true;
  if (const auto* text = std::get_if<std::string>(&value)) return text->size() <= max_text_bytes;
  const auto* integer = std::get_if<std::int64_t>(&value);
  const double number =
      integer != nullptr ? static_cast<double>(*integer) : std::get<double>(value);
  const bool above = schema.minimum_excluded ? number > schema.minimum : number >= schema.minimum;
  return above && number <= schema.maximum;  // both false for NaN
}

/// A value inside a sentence; a long text only by its beginning.
std::string quoted(const ParameterValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? to_text(value) : '"' + text->substr(0, 40) + '"';
}

std::string names_of(const std::vector<ParameterSchema>& schema) {
  std::string names;
  for (const auto& parameter : schema) {
    if (!names.empty()) names += ", ";
    names += parameter.name;
  }
  return names.empty() ? "there are none" : "the parameters are " + names;
}

result::Result<ParameterValue> checked(const ParameterSchema& schema, const ParameterValue& value) {
  const std::string field = "params." + schema.name;
  const auto typed = in_type_of(schema, value);
  if (!typed) {
    const bool fraction = std::holds_alternative<double>(value) &&
                          std::holds_alternative<std::int64_t>(schema.default_value);
    const std::string wanted =
        std::holds_alternative<std::string>(schema.default_value) ? "a text"
        : std::holds_alternative<bool>(schema.default_value)      ? "true or false"
        : fraction ? "an integer without a fraction in " + schema.range_text()
        : std::holds_alternative<std::int64_t>(schema.default_value)
            ? "an integer in " + schema.range_text()
            : "a number in " + schema.range_text();
    return make_error(
        ErrorCode::invalid,
        "Parameter " + schema.name + " must be " + wanted + ", not " + quoted(value) + ".", field);
  }
  if (!in_range(schema, *typed)) {
    if (std::holds_alternative<std::string>(*typed)) {
      return make_error(ErrorCode::too_large,
                        "Parameter " + schema.name + " is longer than " +
                            std::to_string(max_text_bytes) + " bytes: shorten it.",
                        field);
    }
    return make_error(ErrorCode::invalid,
                      "Parameter " + schema.name + " must be in " + schema.range_text() + ", not " +
                          to_text(*typed) + ".",
                      field);
  }
  return *typed;
}

}  // namespace

std::string to_text(const ParameterValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return number_text(std::get<double>(value));
}

std::string_view ParameterSchema::type_name() const noexcept {
  return type_names[default_value.index()];
}

std::string ParameterSchema::range_text() const {
  if (std::holds_alternative<bool>(default_value)) return "true or false";
  if (std::holds_alternative<std::string>(default_value)) return "text";
  return (minimum_excluded ? "(" : "[") + number_text(minimum) + " .. " + number_text(maximum) +
         "]";
}

result::Result<Parameters> resolve(const std::vector<ParameterSchema>& schema,
                                   const std::vector<NamedValue>& given) {
  std::vector<const ParameterValue*> chosen(schema.size(), nullptr);
  for (const auto& [name, value] : given) {
    const auto known = std::find_if(
        schema.begin(), schema.end(),
        [&name = name](const ParameterSchema& parameter) { return parameter.name == name; });
    if (known == schema.end()) {
      return make_error(ErrorCode::invalid,
                        "There is no parameter " + name + "; " + names_of(schema) + ".",
                        "params." + name);
    }
    const auto position = static_cast<std::size_t>(known - schema.begin());
    if (chosen[position] != nullptr) {
      return make_error(ErrorCode::invalid, "Parameter " + name + " is given twice; give it once.",
                        "params." + name);
    }
    chosen[position] = &value;
  }

  Parameters parameters;
  parameters.values_.reserve(schema.size());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (chosen[i] == nullptr) {
      parameters.values_.emplace_back(schema[i].name, schema[i].default_value);
      continue;
    }
    auto value = checked(schema[i], *chosen[i]);
    if (!value) return std::move(value).error();
    parameters.values_.emplace_back(schema[i].name, *value);
  }
  return parameters;
}

result::Result<NamedValue> parse_assignment(std::string_view text) {
  const auto equals = text.find('=');
  const std::string name{trim(text.substr(0, equals))};
  if (equals == std::string_view::npos || name.empty()) {
    return make_error(ErrorCode::invalid,
                      "\"" + std::string{text} +
                          "\" is not an assignment; write NAME=VALUE, for example "
                          "hold_period_bars=5.",
                      "params" + (name.empty() ? std::string{} : "." + name));
  }
  const auto value = trim(text.substr(equals + 1));
  if (value == "true") return NamedValue{name, true};
  if (value == "false") return NamedValue{name, false};
  if (const auto integer = whole_text_as<std::int64_t>(value)) return NamedValue{name, *integer};
  if (const auto number = whole_text_as<double>(value); number && std::isfinite(*number)) {
    return NamedValue{name, *number};
  }
  return NamedValue{name, std::string{value}};
}

}  // namespace hts::parameters
