#include "engine/backtest/statistics/portfolio_report.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/backtest/statistics/basket.hpp"
#include "engine/backtest/statistics/trade_statistics.hpp"
#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

/// The groups of the trades by one of their places.
std::vector<TradeGroup> groups_by(std::uint32_t PortfolioTrade::* place, std::size_t count,
                                  const PortfolioResult& result) {
  std::vector<std::vector<PortfolioTrade>> trades(count);
  for (const auto& trade : result.trades) trades[trade.*place].push_back(trade);
  std::vector<TradeGroup> groups;
  for (const auto& group : trades) groups.push_back(trade_group(group, result.time.size()));
  return groups;
}

SharpeInference infer(const EquityPeriods& periods, double risk_free_rate) {
  SharpeInference inference;
  const double a_period =
      periods.periods_a_year > 0 ? risk_free_rate / periods.periods_a_year : 0.0;
  inference.moments = return_moments(period_returns(periods), a_period);
  inference.periods_a_year = periods.periods_a_year;
  inference.probabilistic_sharpe = probabilistic_sharpe(inference.moments);
  inference.minimum_track_record = minimum_track_record(inference.moments);
  return inference;
}

}  // namespace

TradeGroup trade_group(std::span<const PortfolioTrade> trades, std::size_t bars) {
  constexpr double percent = 100;
  TradeGroup group;
  const TradeStatistics statistics = trade_statistics(trades);
  group.trades = statistics.trades;
  group.win_rate_pct = statistics.win_rate * percent;
  group.avg_return_pct = statistics.mean * percent;
  group.max_adverse_pct = trades.empty() ? undefined : 0;
  group.avg_duration_seconds =
      trades.empty() ? undefined : std::chrono::duration<double>(statistics.mean_duration).count();
  for (const auto& trade : trades) {
    group.profit += trade.profit;
    group.commission += trade.commission;
    group.max_adverse_pct = std::min(group.max_adverse_pct, trade.adverse_excursion * percent);
  }
  if (bars > 0) {
    group.exposure_time_pct =
        static_cast<double>(exposed_bars(trades)) / static_cast<double>(bars) * percent;
  }
  return group;
}

StatisticsInput statistics_input(const PortfolioPlan& plan, const PortfolioResult& result,
                                 std::span<const double> closes) {
  StatisticsInput input;
  input.time = result.time;
  input.equity = result.equity;
  input.trades = result.trades;
  input.closes = closes;
  input.warm_up_bars = result.warm_up_bars;
  input.initial_cash = plan.settings.cash;
  input.risk_free_rate = plan.settings.risk_free_rate;
  input.commissions = result.commission;
  return input;
}

PortfolioReport make_report(const PortfolioPlan& plan, PortfolioResult result,
                            std::span<const market::CandleView> candles,
                            const std::atomic<bool>* cancel) {
  PortfolioReport report;
  const auto closes = basket_closes(result.time, candles, result.warm_up_bars, cancel);
  if (cancel != nullptr && *cancel) return report;
  auto input = statistics_input(plan, result, closes);
  input.cancel = cancel;
  report.statistics = compute_statistics(input);
  if (cancel != nullptr && *cancel) return report;
  report.monthly = monthly_returns(result.time, result.equity);
  report.per_symbol = groups_by(&PortfolioTrade::symbol, result.symbols.size(), result);
  if (cancel != nullptr && *cancel) return report;
  report.per_slot = groups_by(&PortfolioTrade::slot, plan.slots.size(), result);
  for (const auto& slot : plan.slots) {
    report.slots.push_back({slot.definition->name, slot.symbol});
  }
  report.inference =
      infer(equity_periods(result.time, result.equity), plan.settings.risk_free_rate);
  report.warnings = sample_warnings({result.trades.size(), report.inference.moments});
  if (result.liquidated) {
    report.warnings.emplace_back(
        "The account was liquidated: its equity fell below the maintenance margin; lower the "
        "leverage or the size of positions.");
  }
  report.result = std::move(result);
  return report;
}

}  // namespace hts::backtest
