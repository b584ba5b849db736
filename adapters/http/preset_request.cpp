#include "adapters/http/preset_request.hpp"

#include <algorithm>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "adapters/json/parameters_json.hpp"
#include "engine/json/json_text.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {
namespace {

using boost::json::object;
using parameters::NamedValue;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

constexpr std::size_t longest_description = 1'000;

Status check_name(const std::string& name) {
  const auto is_control = [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
  };
  if (name.find('/') == std::string::npos && std::ranges::none_of(name, is_control)) {
    return success();
  }
  return make_error(ErrorCode::invalid,
                    "The name of a preset is part of its address: leave slashes and control "
                    "characters out.",
                    "name");
}

/// Empty without any.
Result<std::vector<NamedValue>> read_params(const object& body) {
  const boost::json::value* given = member_of(body, "params");
  if (given == nullptr) return std::vector<NamedValue>{};
  return json::parse_parameters(*given);
}

void write_preset(json::Writer& writer, const ports::Preset& preset) {
  writer.begin_object();
  writer.member("name", preset.name);
  writer.member("strategy_name", preset.strategy);
  writer.key("params");
  writer.document(preset.parameters);
  writer.member("description", preset.description);
  writer.member("created_at", time::format_iso8601(preset.created_at));
  writer.member("updated_at", time::format_iso8601(preset.updated_at));
  writer.end_object();
}

Result<std::vector<NamedValue>> values_of(const ports::Preset& preset, const std::string& field) {
  const auto document = json::parse_json(preset.parameters);
  auto values = document ? json::parse_parameters(*document)
                         : Result<std::vector<NamedValue>>{document.error()};
  if (values) return values;
  return make_error(
      ErrorCode::invalid,
      "The parameters of the preset '" + preset.name + "' cannot be read: write the preset anew.",
      field);
}

/// What `over` has takes the place of what `values` have.
std::vector<NamedValue> overridden(std::vector<NamedValue> values,
                                   const std::vector<NamedValue>& over) {
  for (const NamedValue& given : over) {
    const auto found = std::ranges::find(values, given.first, &NamedValue::first);
    if (found == values.end()) {
      values.push_back(given);
    } else {
      *found = given;
    }
  }
  return values;
}

result::Error other_strategy(const ports::Preset& preset, const std::string& strategy,
                             std::string field) {
  return make_error(ErrorCode::invalid,
                    "The preset '" + preset.name + "' is one of " + preset.strategy + ", not of " +
                        strategy + ": choose one of that strategy.",
                    std::move(field));
}

}  // namespace

Result<ports::Preset> parse_preset(std::string_view body, const std::string& name) {
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  ports::Preset preset;
  preset.name = name;
  if (auto read = read_text(*fields, "name", preset.name); !read) return std::move(read).error();
  if (preset.name.empty()) return missing("name", "\"quiet market\"");
  if (!name.empty() && preset.name != name) {
    return make_error(ErrorCode::invalid,
                      "The body names another preset than the path: leave name out of the body.",
                      "name");
  }
  if (auto sound = check_name(preset.name); !sound) return std::move(sound).error();
  auto read = read_text(*fields, "strategy_name", preset.strategy);
  if (read && preset.strategy.empty()) read = read_text(*fields, "strategy", preset.strategy);
  if (read) read = read_text(*fields, "description", preset.description);
  if (!read) return std::move(read).error();
  if (preset.strategy.empty()) return missing("strategy_name", "\"volume_zone_breakout\"");
  if (preset.description.size() > longest_description) {
    return make_error(ErrorCode::invalid, "description takes at most 1000 bytes.", "description");
  }
  const auto definition = strategies::find_strategy(preset.strategy);
  if (!definition) {
    result::Error error = definition.error();
    error.field = "strategy_name";
    return error;
  }
  const auto values = read_params(*fields);
  if (!values) return values.error();
  if (const auto resolved = strategies::resolve_for(**definition, *values); !resolved) {
    return resolved.error();
  }
  preset.parameters = json::parameters_to_text(*values);
  if (auto sound = ports::check_preset(preset); !sound) return std::move(sound).error();
  return preset;
}

Response preset_response(int status, const ports::Preset& preset) {
  std::string text;
  json::Writer writer{text};
  write_preset(writer, preset);
  return json_response(status, std::move(text));
}

Response presets_response(const ports::PresetPage& page, std::uint64_t limit,
                          std::uint64_t offset) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.key("presets");
  writer.begin_array();
  for (const ports::Preset& preset : page.presets) write_preset(writer, preset);
  writer.end_array();
  writer.member("count", page.presets.size());
  writer.member("total", page.total);
  writer.member("limit", limit);
  writer.member("offset", offset);
  writer.end_object();
  return json_response(200, std::move(text));
}

std::vector<std::string> presets_of(const WantedSession& wanted) {
  std::vector<std::string> names;
  for (const WantedSlot& slot : wanted.slots) {
    if (!slot.preset.empty() && std::ranges::find(names, slot.preset) == names.end()) {
      names.push_back(slot.preset);
    }
  }
  return names;
}

result::Error no_such_preset_here(const std::string& name, std::string field) {
  result::Error error = ports::no_such_preset(name);
  error.code = ErrorCode::invalid;
  error.field = std::move(field);
  return error;
}

Status apply_presets(const std::vector<ports::Preset>& presets, WantedSession& wanted) {
  for (WantedSlot& slot : wanted.slots) {
    if (slot.preset.empty()) continue;
    const std::string field = slot.field + ".preset";
    const auto found = std::ranges::find(presets, slot.preset, &ports::Preset::name);
    if (found == presets.end()) return no_such_preset_here(slot.preset, field);
    if (!slot.strategy.empty() && slot.strategy != found->strategy) {
      return other_strategy(*found, slot.strategy, field);
    }
    auto values = values_of(*found, field);
    if (!values) return std::move(values).error();
    slot.strategy = found->strategy;
    slot.params = overridden(std::move(values).value(), slot.params);
    slot.preset.clear();
  }
  return success();
}

Status apply_preset(const ports::Preset& preset, const std::string& strategy,
                    actors::ChangeSlot& change) {
  if (preset.strategy != strategy) return other_strategy(preset, strategy, "preset");
  auto values = values_of(preset, "preset");
  if (!values) return std::move(values).error();
  if (change.parameters) {
    values = overridden(std::move(values).value(), change.parameters->values());
  }
  change.parameters = parameters::Parameters::adopt(std::move(values).value());
  return success();
}

}  // namespace hts::http
