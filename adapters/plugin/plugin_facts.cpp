#include "adapters/plugin/plugin_facts.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

namespace hts::plugin {
namespace {

/// What is wrong with a parameter, as the end of a sentence, or nothing.
std::string defect_of(const strategies::ParameterSchema& parameter) {
  if (parameter.unit.size() > max_text || parameter.help.size() > max_text) {
    return "has a text of more than 4096 bytes";
  }
  if (const auto* number = std::get_if<double>(&parameter.default_value)) {
    if (!std::isfinite(*number)) return "has a default that is no number";
  }
  const bool ranged = std::holds_alternative<double>(parameter.default_value) ||
                      std::holds_alternative<std::int64_t>(parameter.default_value);
  if (ranged && !(std::isfinite(parameter.minimum) && std::isfinite(parameter.maximum) &&
                  parameter.minimum <= parameter.maximum)) {
    return "has no range: its minimum must not be above its maximum";
  }
  return "";
}

}  // namespace

bool is_name(std::string_view text) noexcept {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= 64 && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

result::Status check_facts(const PluginFacts& facts, const std::filesystem::path& file) {
  const auto refused = [&](const std::string& what) {
    return result::make_error(
        result::ErrorCode::invalid,
        "The plugin " + file.string() + " " + what + ": correct it and build it again.",
        file.string());
  };
  if (!is_name(facts.name)) {
    return refused("has a strategy whose name is not a-z, 0-9 and _ beginning with a letter");
  }
  if (facts.title.empty() || facts.help.empty() || facts.title.size() > max_text ||
      facts.help.size() > max_text) {
    return refused("has a strategy without a title or a help of at most 4096 bytes");
  }
  if (facts.schema.size() > max_parameters) return refused("has more than 256 parameters");
  std::set<std::string_view> names;
  for (const auto& parameter : facts.schema) {
    if (!is_name(parameter.name)) {
      return refused("has a parameter whose name is not a-z, 0-9 and _ beginning with a letter");
    }
    if (!names.insert(parameter.name).second) {
      return refused("has the parameter " + parameter.name + " twice");
    }
    if (const auto defect = defect_of(parameter); !defect.empty()) {
      return refused("has the parameter " + parameter.name + ", which " + defect);
    }
  }
  // The defaults are the parameters that everybody gets who gives none.
  if (auto defaults = strategies::resolve(facts.schema, {}); !defaults) {
    return refused("has a default that it refuses itself (" + defaults.error().message + ")");
  }
  return result::success();
}

}  // namespace hts::plugin
