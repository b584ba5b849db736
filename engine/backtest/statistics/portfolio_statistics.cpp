#include "engine/backtest/statistics/portfolio_statistics.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "engine/backtest/statistics/calendar_periods.hpp"
#include "engine/backtest/statistics/equity_drawdown.hpp"
#include "engine/backtest/statistics/log_return.hpp"
#include "engine/backtest/statistics/trade_statistics.hpp"
#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

constexpr double percent = 100;

double seconds(time::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double change_pct(double from, double to) {
  return (to - from) / from * percent;
}

/// Rounded up to the coarsest of day, hour, minute and second that the data's spacing is made of.
double seconds_on_grid(time::Duration duration, time::Duration spacing) {
  using namespace std::chrono;
  const auto whole = [&](auto unit) { return spacing % unit == time::Duration::zero(); };
  if (whole(days{1})) return seconds(ceil<days>(duration));
  if (whole(hours{1})) return seconds(ceil<hours>(duration));
  if (whole(minutes{1})) return seconds(ceil<minutes>(duration));
  if (whole(std::chrono::seconds{1})) return seconds(ceil<std::chrono::seconds>(duration));
  return seconds(duration);
}

/// Return, volatility and downside of a year from those of periods. Fractions.
struct Annual {
  double growth = undefined;
  double volatility = undefined;
  double downside = undefined;
};

Annual annual_of(const EquityPeriods& periods) {
  const std::vector<double> returns = period_returns(periods);
  if (returns.empty()) return {};
  const double count = static_cast<double>(returns.size());
  double sum = 0;
  double squares_below = 0;
  bool ruined = false;
  for (const double change : returns) {
    sum += change;
    const double below = std::min(change, 0.0);
    squares_below += below * below;
    ruined = ruined || change <= -1;
  }
  const double mean = sum / count;
  double squares = 0;
  for (const double change : returns) squares += (change - mean) * (change - mean);
  const double variance = returns.size() > 1 ? squares / (count - 1) : undefined;
  // The logarithms of the periods' growth add up to that of the whole.
  const double log_growth =
      ruined ? 0 : std::log(periods.equity.back() / periods.equity.front()) / count;
  const double a_year = periods.periods_a_year;
  Annual annual;
  annual.growth = std::expm1(a_year * log_growth);
  // sqrt[(var + (1+g)^2)^A - (1+g)^(2A)] without the difference of two nearly equal powers.
  const double relative_variance = variance / std::exp(2 * log_growth);
  annual.volatility =
      std::exp(a_year * log_growth) * std::sqrt(std::expm1(a_year * std::log1p(relative_variance)));
  annual.downside = std::sqrt(squares_below / count) * std::sqrt(a_year);
  return annual;
}

double sharpe_of(const Annual& annual, double risk_free_rate) {
  return annual.volatility == 0 ? undefined : (annual.growth - risk_free_rate) / annual.volatility;
}

double growth_a_year(double growth, time::Duration duration) {
  constexpr double days_a_year = 365.25;
  constexpr double seconds_a_day = 86'400;
  const double years = seconds(duration) / seconds_a_day / days_a_year;
  return years > 0 ? std::pow(growth, 1 / years) - 1 : undefined;
}

void add_trades(const StatisticsInput& input, time::Duration spacing, PortfolioStatistics& s) {
  const TradeStatistics trades = trade_statistics(input.trades, input.cancel);
  s.trades = trades.trades;
  s.win_rate_pct = trades.win_rate * percent;
  s.best_trade_pct = trades.best * percent;
  s.worst_trade_pct = trades.worst * percent;
  s.avg_trade_pct = trades.geometric_mean * percent;
  s.profit_factor = trades.profit_factor;
  s.expectancy_pct = trades.mean * percent;
  s.sqn = trades.system_quality;
  s.kelly_criterion = trades.kelly;
  const bool any = trades.trades > 0;
  s.max_trade_duration_seconds = any ? seconds_on_grid(trades.longest, spacing) : undefined;
  s.avg_trade_duration_seconds = any ? seconds_on_grid(trades.mean_duration, spacing) : undefined;
  s.exposure_time_pct = static_cast<double>(exposed_bars(input.trades)) /
                        static_cast<double>(input.time.size()) * percent;
}

void add_drawdown(const StatisticsInput& input, time::Duration spacing, double growth,
                  PortfolioStatistics& s) {
  const EquityDrawdown drawdown = equity_drawdown(input.time, input.equity, input.cancel);
  s.equity_peak = drawdown.peak;
  s.max_drawdown_pct = -drawdown.deepest * percent;
  s.avg_drawdown_pct = -drawdown.mean_depth * percent;
  const bool any = drawdown.episodes > 0;
  s.max_drawdown_duration_seconds = any ? seconds_on_grid(drawdown.longest, spacing) : undefined;
  s.avg_drawdown_duration_seconds =
      any ? seconds_on_grid(drawdown.mean_duration, spacing) : undefined;
  s.calmar_ratio = drawdown.deepest > 0 ? growth / drawdown.deepest : undefined;
}

void add_market(const StatisticsInput& input, PortfolioStatistics& s) {
  const bool traded = input.warm_up_bars < input.closes.size();
  s.buy_and_hold_return_pct =
      traded ? change_pct(input.closes[input.warm_up_bars], input.closes.back()) : undefined;
  s.beta = input.closes.size() == input.equity.size()
               ? beta_of(input.equity, input.closes, input.cancel)
               : undefined;
  const double free_pct = input.risk_free_rate * percent;
  s.alpha_pct = s.return_pct - free_pct - s.beta * (s.buy_and_hold_return_pct - free_pct);
}

}  // namespace

PortfolioStatistics compute_statistics(const StatisticsInput& input) {
  PortfolioStatistics s;
  if (input.time.empty()) return s;
  const time::Duration spacing = bar_spacing(input.time);
  const time::Duration duration = input.time.back() - input.time.front();
  const double first = input.equity.front();
  s.start = input.time.front();
  s.end = input.time.back();
  s.duration_seconds = seconds(duration);
  s.equity_final = input.equity.back();
  s.commissions = input.commissions;
  s.return_pct = change_pct(first, s.equity_final);
  s.cagr_pct = growth_a_year(s.equity_final / first, duration) * percent;
  const Annual annual = annual_of(equity_periods(input.time, input.equity));
  s.return_ann_pct = annual.growth * percent;
  s.volatility_ann_pct = annual.volatility * percent;
  s.sharpe_ratio = sharpe_of(annual, input.risk_free_rate);
  s.sortino_ratio = (annual.growth - input.risk_free_rate) / annual.downside;
  add_drawdown(input, spacing, annual.growth, s);
  add_trades(input, spacing, s);
  add_market(input, s);
  return s;
}

SweepStatistics compute_sweep_statistics(const StatisticsInput& input) {
  SweepStatistics s;
  if (input.time.empty()) return s;
  s.equity_final = input.equity.back();
  s.return_pct = change_pct(input.equity.front(), s.equity_final);
  const Annual annual = annual_of(equity_periods(input.time, input.equity));
  s.sharpe_ratio = sharpe_of(annual, input.risk_free_rate);
  s.max_drawdown_pct = -equity_drawdown(input.time, input.equity, input.cancel).deepest * percent;
  s.trades = input.trades.size();
  s.win_rate_pct = win_rate_of(input.trades) * percent;
  return s;
}

}  // namespace hts::backtest
