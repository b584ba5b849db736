#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/result/result.hpp"

/// What a strategy or an indicator can be told, declared once: the schema feeds validation, CLI
/// help, the API and forms.
namespace hts::parameters {

/// A parameter's value; the alternative is its type.
using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// Longest text value that is taken, in bytes.
inline constexpr std::size_t max_text_bytes = 64 * 1024;

/// `0.02`, `20`, `true`: shortest text that reads back as the same value; a text as it is.
[[nodiscard]] std::string to_text(const ParameterValue& value);

struct ParameterSchema {
  std::string name;
  ParameterValue default_value;  ///< its alternative is the parameter's type
  double minimum = 0;            ///< ignored for bool and text
  double maximum = 0;
  bool minimum_excluded = false;  ///< (minimum .. maximum] instead of [minimum .. maximum]
  std::string unit;               ///< "bars", "fraction", "multiple", or empty
  std::string help;               ///< one sentence

  [[nodiscard]] std::string_view type_name()
      const noexcept;                            ///< "bool", "integer", "number", "text"
  [[nodiscard]] std::string range_text() const;  ///< "[1 .. 500]", "true or false", "text"
};

/// Name and value as a caller gave them, before validation.
using NamedValue = std::pair<std::string, ParameterValue>;

/// A full, valid set of parameters in schema order. Made by `resolve`. Header only, so that a
/// strategy in a shared library needs nothing to link.
class Parameters {
 public:
  /// Of values that `resolve` has given on the other side of a border (a shared library, a
  /// process).
  [[nodiscard]] static Parameters adopt(std::vector<NamedValue> resolved) {
    Parameters parameters;
    parameters.values_ = std::move(resolved);
    return parameters;
  }

  [[nodiscard]] const std::vector<NamedValue>& values() const noexcept { return values_; }
  /// Require that the schema has this name with this type; a slip of the author's throws
  /// std::out_of_range or std::bad_variant_access.
  [[nodiscard]] double number(std::string_view name) const { return get<double>(name); }
  [[nodiscard]] std::int64_t integer(std::string_view name) const {
    return get<std::int64_t>(name);
  }
  [[nodiscard]] bool flag(std::string_view name) const { return get<bool>(name); }
  [[nodiscard]] const std::string& text(std::string_view name) const {
    return get<std::string>(name);
  }

 private:
  friend result::Result<Parameters> resolve(const std::vector<ParameterSchema>&,
                                            const std::vector<NamedValue>&);
  template <class Type>
  [[nodiscard]] const Type& get(std::string_view name) const {
    for (const auto& [known, value] : values_) {
      if (known == name) return std::get<Type>(value);
    }
    throw std::out_of_range("there is no parameter " + std::string{name});
  }

  std::vector<NamedValue> values_;
};

/// Fills defaults in and checks every given value. An integer is taken where a number is due, and a
/// number without a fraction where an integer is due. Errors: code invalid, field `params.NAME`,
/// for an unknown name (naming the known ones), a wrong type, a value out of range (naming the
/// range) and a name given twice.
[[nodiscard]] result::Result<Parameters> resolve(const std::vector<ParameterSchema>& schema,
                                                 const std::vector<NamedValue>& given);

/// Reads `key=value` texts as typed on a command line: `true`/`false`, else an integer, else a
/// number, else a text. Error: code invalid, field `params.KEY`.
[[nodiscard]] result::Result<NamedValue> parse_assignment(std::string_view text);

}  // namespace hts::parameters
