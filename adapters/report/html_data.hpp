#pragma once

#include <cstddef>
#include <string>

#include "adapters/report/chart_data.hpp"
#include "engine/backtest/statistics/portfolio_report.hpp"

namespace hts::report {

inline constexpr std::size_t listed_trades = 10'000;

/// What the document's script draws, as JSON that is safe inside of a script element. Times are
/// seconds since 1970; a trade is an array: symbol, slot, entry bar, exit bar, entry time, exit
/// time, entry price, exit price, quantity, profit, return (fraction), commission, adverse and
/// favourable excursion (fractions), exit reason.
[[nodiscard]] std::string html_data(const backtest::PortfolioReport& report, const ChartData& data);

}  // namespace hts::report
