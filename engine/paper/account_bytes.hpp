#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/result/result.hpp"

namespace hts::paper {

/// A simulation's state as bytes. Slots without a position or a waiting signal take none.
[[nodiscard]] std::string write_account(const backtest::SimulationState& state);

/// Of a plan with so many slots and symbols. Error: conflict, field `state`: another version or
/// plan, or damaged bytes.
[[nodiscard]] result::Result<backtest::SimulationState> read_account(std::string_view bytes,
                                                                     std::size_t slots,
                                                                     std::size_t symbols);

}  // namespace hts::paper
