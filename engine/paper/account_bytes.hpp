#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/result/result.hpp"

namespace hts::paper {

/// A strategy that gives orders of its own, beside the account that it reads.
struct StoredStrategy {
  SlotId slot = 0;
  std::string snapshot;  ///< see strategy_snapshot.hpp; empty: it has failed
  std::string error;     ///< why
};

struct StoredAccount {
  backtest::SimulationState state;
  std::vector<StoredStrategy> strategies;  ///< ascending by slot
};

/// A simulation's state as bytes. Slots without a position, a waiting signal or an order take none.
/// Without strategies that give orders of their own the bytes are of version 1, which knows none.
[[nodiscard]] std::string write_account(const StoredAccount& account);

/// Of a plan with so many slots and symbols, of any version. Error: conflict, field `state`: a
/// later version or another plan, or damaged bytes.
[[nodiscard]] result::Result<StoredAccount> read_account(std::string_view bytes, std::size_t slots,
                                                         std::size_t symbols);

}  // namespace hts::paper
