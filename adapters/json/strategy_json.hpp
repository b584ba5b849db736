#pragma once

#include "engine/json/json_writer.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::json {

/// `{"strategies": [...], "count": n}`, each with name, title, description and its parameters:
/// name, type, default, minimum, maximum, minimum_excluded (the last three null for booleans),
/// unit, help. One from a plugin also has `plugin` (the file's name) and `fingerprint` (its hash).
void write_strategies(Writer& writer,
                      const std::vector<const strategies::StrategyDefinition*>& definitions);
/// One of them.
void write_strategy(Writer& writer, const strategies::StrategyDefinition& definition);

}  // namespace hts::json
