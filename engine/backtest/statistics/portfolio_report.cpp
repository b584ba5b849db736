#include "engine/backtest/statistics/portfolio_report.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/backtest/statistics/basket.hpp"
#include "engine/backtest/statistics/trade_statistics.hpp"
#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

bool is_set(const std::atomic<bool>* cancel) {
  return cancel != nullptr && cancel->load(std::memory_order_relaxed);
}

/// The groups of the trades by one of their places; ends early when cancelled.
std::vector<TradeGroup> groups_by(std::uint32_t PortfolioTrade::* place, std::size_t count,
                                  const PortfolioResult& result, const std::atomic<bool>* cancel) {
  const std::size_t bars = result.time.size();
  if (count == 1) return {trade_group(result.trades, bars, cancel)};
  constexpr std::size_t trades_a_look = 1U << 14U;
  std::vector<std::vector<PortfolioTrade>> trades(count);
  for (std::size_t i = 0; i < result.trades.size(); ++i) {
    if (i % trades_a_look == 0 && is_set(cancel)) return {};
    const PortfolioTrade& trade = result.trades[i];
    trades[trade.*place].push_back(trade);
  }
  std::vector<TradeGroup> groups;
  for (const auto& group : trades) {
    if (is_set(cancel)) return {};
    groups.push_back(trade_group(group, bars, cancel));
  }
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

TradeGroup trade_group(std::span<const PortfolioTrade> trades, std::size_t bars,
                       const std::atomic<bool>* cancel) {
  constexpr double percent = 100;
  TradeGroup group;
  const TradeStatistics statistics = trade_statistics(trades, cancel);
  if (is_set(cancel)) return group;
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
  if (is_set(cancel)) return report;
  auto input = statistics_input(plan, result, closes);
  input.cancel = cancel;
  report.statistics = compute_statistics(input);
  if (is_set(cancel)) return report;
  report.monthly = monthly_returns(result.time, result.equity);
  report.per_symbol = groups_by(&PortfolioTrade::symbol, result.symbols.size(), result, cancel);
  if (is_set(cancel)) return report;
  report.per_slot = groups_by(&PortfolioTrade::slot, plan.slots.size(), result, cancel);
  if (is_set(cancel)) return report;
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
