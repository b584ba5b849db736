#pragma once

#include <span>

#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/result/result.hpp"
#include "engine/trading/ledger.hpp"

namespace hts::backtest {

/// Books a simulation's fills in fixed point, a position a slot: an account of the same trades that
/// shares no arithmetic with the simulation. At the end of a simulation every position is closed,
/// so the ledger's cash is the final equity, but for half a digit a fill. Error: invalid, an amount
/// that does not fit. O(fills).
[[nodiscard]] result::Result<trading::Ledger> replay_fills(double cash,
                                                           std::span<const Fill> fills);

}  // namespace hts::backtest
