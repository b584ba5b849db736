#pragma once

#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// "hold_period_bars": the horizon of the signal study (see Strategy).
[[nodiscard]] ParameterSchema hold_period_parameter();

}  // namespace hts::strategies
