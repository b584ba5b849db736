#pragma once

#include <string>

#include "adapters/plugin/plugin_facts.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/plugin_abi.h"

namespace hts::plugin {

/// A library that is loaded into this process, for good: code of a strategy may still be on a stack
/// or hold threads when nobody asks for it any more.
struct PluginLibrary {
  const hts_strategy_plugin_table* table = nullptr;
  PluginFacts facts;  ///< as the table says, not yet checked
};

/// Loads the library behind a descriptor, which RUNS ITS CODE, and looks at its version. `file` is
/// for the sentences. Errors: invalid, for a library that cannot be loaded, has no entry, or is of
/// another version (naming both).
[[nodiscard]] result::Result<PluginLibrary> load_library(int descriptor, const std::string& file);

}  // namespace hts::plugin
