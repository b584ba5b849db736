#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "engine/strategies/parameters.hpp"

namespace hts::backtest {

/// How many bars a trade of the `signals` mode lasts: the parameter `hold_period_bars`, 1 without.
[[nodiscard]] inline std::size_t hold_period(const strategies::Parameters& parameters) {
  for (const auto& [name, value] : parameters.values()) {
    if (name != "hold_period_bars") continue;
    if (const auto* bars = std::get_if<std::int64_t>(&value)) {
      return static_cast<std::size_t>(*bars);
    }
  }
  return 1;
}

}  // namespace hts::backtest
