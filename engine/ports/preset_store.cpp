#include "engine/ports/preset_store.hpp"

#include "engine/json/json_text.hpp"

namespace hts::ports {

using result::ErrorCode;
using result::make_error;

namespace {
constexpr std::size_t longest_name = 100;
}  // namespace

result::Status check_preset(const Preset& preset) {
  if (preset.name.empty() || preset.name.size() > longest_name) {
    return make_error(ErrorCode::invalid, "A preset needs a name of 1 to 100 bytes.", "name");
  }
  const auto parameters = json::parse_json(preset.parameters);
  if (!parameters || !parameters->is_object()) {
    return make_error(ErrorCode::invalid,
                      "The parameters of the preset '" + preset.name +
                          "' are not a JSON object: give {\"parameter\": value}.",
                      "parameters");
  }
  return result::success();
}

result::Error no_such_preset(const std::string& name) {
  return make_error(ErrorCode::not_found,
                    "There is no preset '" + name.substr(0, longest_name) +
                        "': the list of presets shows those there are.",
                    "name");
}

result::Error preset_exists(const std::string& name) {
  return make_error(ErrorCode::conflict,
                    "There is a preset '" + name.substr(0, longest_name) +
                        "' already: choose another name, or change that one.",
                    "name");
}

}  // namespace hts::ports
