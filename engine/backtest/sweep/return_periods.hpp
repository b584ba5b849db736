#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// The last bar of each period whose returns tell skill from luck: UTC days, as in the Sharpe ratio
/// of the report. Data of fewer than 64 days is cut into up to 256 stretches of equally many bars
/// instead, for a handful of days tells nothing. Bars ascending; O(bars).
[[nodiscard]] std::vector<std::size_t> return_period_ends(std::span<const time::Timestamp> time);

/// equity[end] / equity[end before] - 1 of each period but the first; 0 after the account is
/// ruined.
void append_period_returns(std::span<const double> equity, std::span<const std::size_t> ends,
                           std::vector<double>& returns);

}  // namespace hts::backtest
