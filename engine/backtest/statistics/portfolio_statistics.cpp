#include "engine/backtest/statistics/portfolio_statistics.hpp"

namespace hts::backtest {

PortfolioStatistics compute_statistics(const StatisticsInput& /*input*/) {
  return {};
}
SweepStatistics compute_sweep_statistics(const StatisticsInput& /*input*/) {
  return {};
}

}  // namespace hts::backtest
