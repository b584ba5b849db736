#pragma once

#include <span>
#include <string>

#include "adapters/report/drawing.hpp"
#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::report {

/// Price with entries and exits, equity and drawdown one below the other over the same time. Of
/// several symbols the price is that of the equal-weighted basket (1 at the end of the warm-up).
/// Entries are triangles below the price, exits above it, coloured by the trade's profit; with more
/// trades than there is room for, marks overlap. O(bars * symbols).
[[nodiscard]] Drawing draw_portfolio(const backtest::PortfolioReport& report,
                                     std::span<const market::CandleView> candles,
                                     const std::string& title);

}  // namespace hts::report
