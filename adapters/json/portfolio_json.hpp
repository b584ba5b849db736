#pragma once

#include <atomic>
#include <string>

#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/json/json_writer.hpp"

/// The answer of the portfolio mode. Times are ISO 8601 UTC, what is undefined is null.
/// `statistics` has the names and units of PortfolioStatistics: `_pct` are percents, `_seconds`
/// seconds. `equity` is a number a bar and `time` the bar's open time. In `trades`, `size` is below
/// 0 for a short, `entry_bar` and `exit_bar` count in `time`, `return_pct`, `mae` and `mfe` are
/// fractions (0.05 is 5 %, as in the signals' answer). In `monthly_returns`, `return_pct` is a
/// percent.
namespace hts::json {

/// `{"mode": "portfolio", "statistics": ..., "trades": ..., "equity": ..., "time": ...,
/// "monthly_returns": ..., "per_symbol": ..., "per_strategy": ..., "inference": ..., "warnings":
/// ..., "refusals": ..., ...}`. O(bars + trades): about 40 bytes a bar and 400 a trade.
void write_portfolio(Writer& writer, const backtest::PortfolioReport& report);
[[nodiscard]] std::string portfolio_to_text(const backtest::PortfolioReport& report,
                                            Layout layout = Layout::compact);

/// The members of that object, into one that is open. False once `cancel` (null: never) is set:
/// what was written by then is not whole.
[[nodiscard]] bool write_portfolio_members(Writer& writer, const backtest::PortfolioReport& report,
                                           const std::atomic<bool>* cancel = nullptr);

/// An object: the report alone, with its `convention`.
void write_portfolio_statistics(Writer& writer, const backtest::PortfolioStatistics& statistics);

}  // namespace hts::json
