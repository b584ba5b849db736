#pragma once

#include <string>
#include <vector>

#include "adapters/plugin/isolation.hpp"
#include "config/settings.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

[[nodiscard]] plugin::PluginOptions plugin_options(const Settings& settings);

/// Registers the plugins of plugin.dir. Before threads are started.
[[nodiscard]] result::Status register_plugin_folder(const Settings& settings);

/// For a command that is no daemon: takes every `--plugin FILE` out of the words and registers
/// them, and those of HTS_PLUGIN_DIR for commands that look strategies up; the other settings come
/// from their environment variables. Errors: invalid for `--plugin` without a file; what a plugin
/// or a setting is refused for.
[[nodiscard]] result::Status register_plugins_of_command(std::vector<std::string>& words,
                                                         char** environment);

}  // namespace hts::config
