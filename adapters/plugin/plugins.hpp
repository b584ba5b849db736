#pragma once

#include <filesystem>
#include <vector>

#include "adapters/plugin/isolation.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// Strategies from shared libraries. LOADING A PLUGIN RUNS ITS CODE, with the rights of this
/// user: the isolation is against accidents, not against an attacker. A file that everybody may
/// write is therefore refused.
namespace hts::plugin {

/// Loads one file and describes its strategy; `origin` is the file and `fingerprint` its hash. The
/// definition keeps what it needs: its functions may be called from any thread. Errors, with the
/// file as field: see library_image.hpp, plugin_library.hpp and plugin_facts.hpp.
[[nodiscard]] result::Result<strategies::StrategyDefinition> load_plugin(
    const std::filesystem::path& file, const PluginOptions& options);

/// The `*.so` files of a folder in the order of their names. Error: not_found.
[[nodiscard]] result::Result<std::vector<std::filesystem::path>> plugins_in(
    const std::filesystem::path& folder);

/// Loads and registers (see strategies::register_strategy: before threads are started), up to the
/// first that is refused.
[[nodiscard]] result::Status register_plugins(const std::vector<std::filesystem::path>& files,
                                              const PluginOptions& options);

}  // namespace hts::plugin
