#include "config/plugin_settings.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "adapters/plugin/plugins.hpp"

namespace hts::config {
namespace {

/// Commands that look strategies up; the others start no plugin's code. The daemon has its own
/// settings.
constexpr std::array<std::string_view, 5> commands_with_strategies = {
    "backtest", "replay", "strategies", "sweep", "walk-forward"};

result::Result<std::vector<std::filesystem::path>> take_plugin_options(
    std::vector<std::string>& words) {
  constexpr std::string_view option = "--plugin";
  std::vector<std::filesystem::path> files;
  std::vector<std::string> others;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("--plugin=")) {
      files.emplace_back(words[i].substr(option.size() + 1));
    } else if (words[i] == option && i + 1 < words.size()) {
      files.emplace_back(words[++i]);
    } else if (words[i] == option) {
      return result::make_error(result::ErrorCode::invalid,
                                "--plugin needs a file: --plugin ./my_strategy.so.", "plugin");
    } else {
      others.push_back(std::move(words[i]));
    }
  }
  words = std::move(others);
  return files;
}

}  // namespace

plugin::PluginOptions plugin_options(const Settings& settings) {
  plugin::PluginOptions options;
  options.isolation = settings.text("plugin.isolation") == "none" ? plugin::Isolation::none
                                                                  : plugin::Isolation::process;
  options.bar_budget =
      std::chrono::milliseconds{settings.integer("plugin.bar_budget_milliseconds")};
  options.memory_limit_mb = static_cast<std::size_t>(settings.integer("plugin.memory_limit_mb"));
  return options;
}

result::Status register_plugin_folder(const Settings& settings) {
  if (settings.text("plugin.dir") == "-") return result::success();
  auto files = plugin::plugins_in(settings.text("plugin.dir"));
  if (!files) return std::move(files).error();
  return plugin::register_plugins(*files, plugin_options(settings));
}

result::Status register_plugins_of_command(std::vector<std::string>& words, char** environment) {
  auto files = take_plugin_options(words);
  if (!files) return std::move(files).error();
  const bool looks_up =
      !words.empty() && std::find(commands_with_strategies.begin(), commands_with_strategies.end(),
                                  words.front()) != commands_with_strategies.end();
  if (files->empty() && !looks_up) return result::success();
  // A wrong value of another setting's variable is not this command's affair.
  std::vector<char*> variables;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (std::string_view{*entry}.starts_with("HTS_PLUGIN_")) variables.push_back(*entry);
  }
  variables.push_back(nullptr);
  Settings settings;
  if (auto read = settings.read_environment(variables.data()); !read) return read;
  if (looks_up) {
    if (auto registered = register_plugin_folder(settings); !registered) return registered;
  }
  return plugin::register_plugins(*files, plugin_options(settings));
}

}  // namespace hts::config
