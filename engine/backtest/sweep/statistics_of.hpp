#pragma once

#include <span>

#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/portfolio/portfolio_settings.hpp"
#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::backtest {

/// Every statistic of a simulation on these candles. O(bars * symbols).
[[nodiscard]] PortfolioStatistics statistics_of(const PortfolioSettings& settings,
                                                const PortfolioResult& result,
                                                std::span<const time::Timestamp> time,
                                                std::span<const market::CandleView> candles);

/// What `compute_statistics` takes, but for the closes. Views the arguments.
[[nodiscard]] StatisticsInput statistics_input(const PortfolioSettings& settings,
                                               const PortfolioResult& result,
                                               std::span<const time::Timestamp> time);

}  // namespace hts::backtest
