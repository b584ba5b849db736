#include "engine/backtest/sweep/statistics_of.hpp"

#include <vector>

#include "engine/backtest/statistics/basket.hpp"

namespace hts::backtest {

StatisticsInput statistics_input(const PortfolioSettings& settings, const PortfolioResult& result,
                                 std::span<const time::Timestamp> time) {
  StatisticsInput input;
  input.time = time;
  input.equity = result.equity;
  input.trades = result.trades;
  input.warm_up_bars = result.warm_up_bars;
  input.initial_cash = settings.cash;
  input.risk_free_rate = settings.risk_free_rate;
  input.commissions = result.commission;
  return input;
}

PortfolioStatistics statistics_of(const PortfolioSettings& settings, const PortfolioResult& result,
                                  std::span<const time::Timestamp> time,
                                  std::span<const market::CandleView> candles) {
  StatisticsInput input = statistics_input(settings, result, time);
  const auto closes = basket_closes(time, candles, result.warm_up_bars);
  input.closes = closes;
  return compute_statistics(input);
}

}  // namespace hts::backtest
