#pragma once

#include "adapters/plugin/message.hpp"
#include "adapters/plugin/plugin_facts.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::plugin {

void put_parameters(MessageWriter& writer, const strategies::Parameters& parameters);
/// The reader is unsound afterwards when they were not whole.
[[nodiscard]] strategies::Parameters get_parameters(MessageReader& reader);

void put_facts(MessageWriter& writer, const PluginFacts& facts);
[[nodiscard]] PluginFacts get_facts(MessageReader& reader);

}  // namespace hts::plugin
