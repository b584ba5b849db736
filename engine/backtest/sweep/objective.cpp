#include "engine/backtest/sweep/objective.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

namespace hts::backtest {
namespace {

template <auto Member>
double value_of(const PortfolioStatistics& statistics) {
  return static_cast<double>(statistics.*Member);
}

using S = PortfolioStatistics;
constexpr RankedStatistic all_statistics[] = {
    {"exposure_time_pct", &value_of<&S::exposure_time_pct>, false},
    {"equity_final", &value_of<&S::equity_final>, true},
    {"equity_peak", &value_of<&S::equity_peak>, false},
    {"commissions", &value_of<&S::commissions>, false},
    {"return_pct", &value_of<&S::return_pct>, true},
    {"return_ann_pct", &value_of<&S::return_ann_pct>, false},
    {"volatility_ann_pct", &value_of<&S::volatility_ann_pct>, false},
    {"cagr_pct", &value_of<&S::cagr_pct>, false},
    {"sharpe_ratio", &value_of<&S::sharpe_ratio>, true},
    {"sortino_ratio", &value_of<&S::sortino_ratio>, false},
    {"calmar_ratio", &value_of<&S::calmar_ratio>, false},
    {"alpha_pct", &value_of<&S::alpha_pct>, false},
    {"beta", &value_of<&S::beta>, false},
    {"max_drawdown_pct", &value_of<&S::max_drawdown_pct>, true},
    {"avg_drawdown_pct", &value_of<&S::avg_drawdown_pct>, false},
    {"max_drawdown_duration_seconds", &value_of<&S::max_drawdown_duration_seconds>, false},
    {"avg_drawdown_duration_seconds", &value_of<&S::avg_drawdown_duration_seconds>, false},
    {"trades", &value_of<&S::trades>, true},
    {"win_rate_pct", &value_of<&S::win_rate_pct>, true},
    {"best_trade_pct", &value_of<&S::best_trade_pct>, false},
    {"worst_trade_pct", &value_of<&S::worst_trade_pct>, false},
    {"avg_trade_pct", &value_of<&S::avg_trade_pct>, false},
    {"max_trade_duration_seconds", &value_of<&S::max_trade_duration_seconds>, false},
    {"avg_trade_duration_seconds", &value_of<&S::avg_trade_duration_seconds>, false},
    {"profit_factor", &value_of<&S::profit_factor>, false},
    {"expectancy_pct", &value_of<&S::expectancy_pct>, false},
    {"sqn", &value_of<&S::sqn>, false},
    {"kelly_criterion", &value_of<&S::kelly_criterion>, false},
};

const RankedStatistic* find(std::string_view name) {
  const auto found = std::find_if(std::begin(all_statistics), std::end(all_statistics),
                                  [&](const RankedStatistic& one) { return one.name == name; });
  return found == std::end(all_statistics) ? nullptr : found;
}

}  // namespace

std::span<const RankedStatistic> ranked_statistics() {
  return all_statistics;
}

Objective::Objective() : statistic_(find("sharpe_ratio")) {}

result::Result<Objective> Objective::by(std::string_view statistic, bool minimize) {
  Objective objective;
  objective.statistic_ = find(statistic);
  objective.minimize_ = minimize;
  if (objective.statistic_ != nullptr) return objective;
  std::string known;
  for (const auto& one : all_statistics) {
    known += (known.empty() ? "" : ", ") + std::string{one.name};
  }
  return result::make_error(result::ErrorCode::invalid,
                            "There is no statistic \"" + std::string{statistic.substr(0, 60)} +
                                "\" to rank by; take one of " + known + ".",
                            "by");
}

PortfolioStatistics as_report(const SweepStatistics& quick) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  PortfolioStatistics report;
  for (auto member : {&S::duration_seconds,
                      &S::exposure_time_pct,
                      &S::equity_peak,
                      &S::commissions,
                      &S::buy_and_hold_return_pct,
                      &S::return_ann_pct,
                      &S::volatility_ann_pct,
                      &S::cagr_pct,
                      &S::sortino_ratio,
                      &S::calmar_ratio,
                      &S::alpha_pct,
                      &S::beta,
                      &S::avg_drawdown_pct,
                      &S::max_drawdown_duration_seconds,
                      &S::avg_drawdown_duration_seconds,
                      &S::best_trade_pct,
                      &S::worst_trade_pct,
                      &S::avg_trade_pct,
                      &S::max_trade_duration_seconds,
                      &S::avg_trade_duration_seconds,
                      &S::profit_factor,
                      &S::expectancy_pct,
                      &S::sqn,
                      &S::kelly_criterion}) {
    report.*member = unknown;
  }
  report.equity_final = quick.equity_final;
  report.return_pct = quick.return_pct;
  report.sharpe_ratio = quick.sharpe_ratio;
  report.max_drawdown_pct = quick.max_drawdown_pct;
  report.trades = quick.trades;
  report.win_rate_pct = quick.win_rate_pct;
  return report;
}

}  // namespace hts::backtest
