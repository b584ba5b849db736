#include "golden_report.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/time/timestamp.hpp"

namespace hts::conformance {
namespace {

using backtest::PortfolioStatistics;
using Line = std::pair<std::string_view, double>;

std::vector<Line> lines_of(const PortfolioStatistics& s) {
  return {{"Exposure Time [%]", s.exposure_time_pct},
          {"Equity Final [$]", s.equity_final},
          {"Equity Peak [$]", s.equity_peak},
          {"Commissions [$]", s.commissions},
          {"Return [%]", s.return_pct},
          {"Buy & Hold Return [%]", s.buy_and_hold_return_pct},
          {"Return (Ann.) [%]", s.return_ann_pct},
          {"Volatility (Ann.) [%]", s.volatility_ann_pct},
          {"CAGR [%]", s.cagr_pct},
          {"Sharpe Ratio", s.sharpe_ratio},
          {"Sortino Ratio", s.sortino_ratio},
          {"Calmar Ratio", s.calmar_ratio},
          {"Alpha [%]", s.alpha_pct},
          {"Beta", s.beta},
          {"Max. Drawdown [%]", s.max_drawdown_pct},
          {"Avg. Drawdown [%]", s.avg_drawdown_pct},
          {"Max. Drawdown Duration", s.max_drawdown_duration_seconds},
          {"Avg. Drawdown Duration", s.avg_drawdown_duration_seconds},
          {"# Trades", static_cast<double>(s.trades)},
          {"Win Rate [%]", s.win_rate_pct},
          {"Best Trade [%]", s.best_trade_pct},
          {"Worst Trade [%]", s.worst_trade_pct},
          {"Avg. Trade [%]", s.avg_trade_pct},
          {"Max. Trade Duration", s.max_trade_duration_seconds},
          {"Avg. Trade Duration", s.avg_trade_duration_seconds},
          {"Profit Factor", s.profit_factor},
          {"Expectancy [%]", s.expectancy_pct},
          {"SQN", s.sqn},
          {"Kelly Criterion", s.kelly_criterion},
          {"Duration", s.duration_seconds}};
}

time::Timestamp instant(const boost::json::value& value) {
  return time::parse_iso8601(std::string{value.as_string()}).value();
}

}  // namespace

void expect_report(const PortfolioStatistics& report, const boost::json::object& stats) {
  EXPECT_EQ(report.start, instant(stats.at("Start")));
  EXPECT_EQ(report.end, instant(stats.at("End")));
  const auto lines = lines_of(report);
  EXPECT_EQ(lines.size() + 2, stats.size());
  for (const auto& [name, value] : lines) {
    const auto& entry = stats.at(name);
    const auto& number = entry.is_object() ? entry.at("seconds") : entry;
    const double expected = number.to_number<double>();
    EXPECT_LE(std::fabs(value - expected), 1e-8 * std::fabs(expected))
        << name << " is " << value << ", expected " << expected;
  }
}

}  // namespace hts::conformance
