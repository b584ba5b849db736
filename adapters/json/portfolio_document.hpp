#pragma once

#include <atomic>
#include <string>

#include "engine/backtest/portfolio_run.hpp"

namespace hts::json {

/// What an account did as it is stored and answered: the members of `write_portfolio_members`,
/// further `settings` (every option of the account, as texts) and, where both intrabar answers
/// were asked for, `optimistic` with the other one's `statistics`. O(bars + trades). Empty once
/// `cancel` (null: never) is set; it is looked at every few thousand values.
[[nodiscard]] std::string portfolio_document(const backtest::PortfolioRun& run,
                                             const std::atomic<bool>* cancel = nullptr);

}  // namespace hts::json
