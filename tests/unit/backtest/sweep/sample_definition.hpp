#pragma once

#include <cstdint>
#include <string>

#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest::made {

/// A strategy of which only the schema and the check matter: `fast` below `slow`, both 1..500,
/// `share` in 0..1, `on`, and a text.
[[nodiscard]] inline strategies::StrategyDefinition two_windows() {
  strategies::StrategyDefinition definition;
  definition.name = "two_windows";
  definition.schema = {
      {"fast", std::int64_t{10}, 1, 500, false, "bars", ""},
      {"slow", std::int64_t{20}, 1, 500, false, "bars", ""},
      {"share", 0.5, 0, 1, false, "fraction", ""},
      {"on", true, 0, 0, false, "", ""},
      {"words", std::string{}, 0, 0, false, "", ""},
  };
  definition.check = [](const strategies::Parameters& parameters) -> result::Status {
    if (parameters.integer("fast") < parameters.integer("slow")) return result::success();
    return result::make_error(result::ErrorCode::invalid, "fast must be below slow.",
                              "params.fast");
  };
  return definition;
}

}  // namespace hts::backtest::made
