#pragma once
// Outline agreed between folders; the strategies folder owns the final text.
#include <string>
#include <vector>

#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

struct StrategyDefinition;  // name, title, help, schema, factories

/// The built-in strategies in display order; lives as long as the program.
[[nodiscard]] const std::vector<const StrategyDefinition*>& builtin_strategies();
/// Error: not_found code invalid, field `strategy`, naming the known ones.
[[nodiscard]] result::Result<const StrategyDefinition*> find_strategy(std::string_view name);

}  // namespace hts::strategies
