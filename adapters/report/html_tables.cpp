#include "adapters/report/html_tables.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>

#include "adapters/report/axis.hpp"
#include "adapters/report/markup.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::report {
namespace {

using backtest::PortfolioReport;

std::string number(double value, int decimals) {
  return number_text(value, std::pow(10, -decimals));
}

std::string percent(double value) {
  return std::isfinite(value) ? number(value, 2) + " %" : "-";
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  const auto whole = static_cast<std::int64_t>(seconds);
  char text[64];
  const int length =
      std::snprintf(text, sizeof text, "%lld d %02d:%02d", static_cast<long long>(whole / 86'400),
                    static_cast<int>(whole / 3'600 % 24), static_cast<int>(whole / 60 % 60));
  return std::string(text, static_cast<std::size_t>(length));
}

std::string row(const std::string& name, const std::string& value) {
  return "<tr><th>" + escape_markup(name) + "</th><td>" + escape_markup(value) + "</td></tr>\n";
}

std::string head(const std::vector<const char*>& names) {
  std::string html = "<thead><tr>";
  for (const char* name : names) html += std::string{"<th>"} + name + "</th>";
  return html + "</tr></thead>\n";
}

std::string group_row(const std::string& names, const backtest::TradeGroup& group) {
  std::string html = "<tr>" + names;
  for (const std::string& value :
       {std::to_string(group.trades), percent(group.win_rate_pct), number(group.profit, 2),
        number(group.commission, 2), percent(group.avg_return_pct), percent(group.max_adverse_pct),
        percent(group.exposure_time_pct), duration(group.avg_duration_seconds)}) {
    html += "<td>" + value + "</td>";
  }
  return html + "</tr>\n";
}

std::string cell(const std::string& text) {
  return "<th>" + escape_markup(text) + "</th>";
}

/// Green above and red below zero, full at ten percent.
std::string month_cell(double fraction) {
  const int strength = static_cast<int>(std::lround(std::min(std::fabs(fraction) / 0.1, 1.0) * 60));
  return std::string{"<td style=\"background:rgba("} +
         (fraction >= 0 ? "18,138,82," : "204,51,63,") + (strength < 10 ? "0.0" : "0.") +
         std::to_string(strength) + ")\">" + number(fraction * 100, 2) + "</td>";
}

}  // namespace

std::string statistics_table(const PortfolioReport& report) {
  const auto& s = report.statistics;
  const auto& inference = report.inference;
  std::string html = "<section><h2>Statistics</h2><div class=\"columns\"><table>\n";
  html += row("Start", time::format_iso8601(s.start));
  html += row("End", time::format_iso8601(s.end));
  html += row("Duration", duration(s.duration_seconds));
  html += row("Exposure time", percent(s.exposure_time_pct));
  html += row("Equity, final", number(s.equity_final, 2));
  html += row("Equity, peak", number(s.equity_peak, 2));
  html += row("Commissions", number(s.commissions, 2));
  html += row("Return", percent(s.return_pct));
  html += row("Buy & hold return", percent(s.buy_and_hold_return_pct));
  html += row("Return a year", percent(s.return_ann_pct));
  html += row("Volatility a year", percent(s.volatility_ann_pct));
  html += row("CAGR", percent(s.cagr_pct));
  html += "</table><table>\n";
  html += row("Sharpe ratio", number(s.sharpe_ratio, 3));
  html += row("Sortino ratio", number(s.sortino_ratio, 3));
  html += row("Calmar ratio", number(s.calmar_ratio, 3));
  html += row("Alpha", percent(s.alpha_pct));
  html += row("Beta", number(s.beta, 3));
  html += row("Max. drawdown", percent(s.max_drawdown_pct));
  html += row("Avg. drawdown", percent(s.avg_drawdown_pct));
  html += row("Max. drawdown duration", duration(s.max_drawdown_duration_seconds));
  html += row("Avg. drawdown duration", duration(s.avg_drawdown_duration_seconds));
  html += row("Probabilistic Sharpe", percent(inference.probabilistic_sharpe * 100));
  if (inference.deflation) {
    html += row("Deflated Sharpe", percent(inference.deflation->deflated_sharpe * 100) + " of " +
                                       std::to_string(inference.deflation->trials) + " trials");
  }
  html += row("Ambiguous candles", std::to_string(report.result.ambiguous_bars));
  html += row("Refused orders", std::to_string(report.result.refused));
  html += "</table><table>\n";
  html += row("Trades", std::to_string(s.trades));
  html += row("Win rate", percent(s.win_rate_pct));
  html += row("Best trade", percent(s.best_trade_pct));
  html += row("Worst trade", percent(s.worst_trade_pct));
  html += row("Avg. trade", percent(s.avg_trade_pct));
  html += row("Max. trade duration", duration(s.max_trade_duration_seconds));
  html += row("Avg. trade duration", duration(s.avg_trade_duration_seconds));
  html += row("Profit factor", number(s.profit_factor, 3));
  html += row("Expectancy", percent(s.expectancy_pct));
  html += row("SQN", number(s.sqn, 3));
  html += row("Kelly criterion", number(s.kelly_criterion, 4));
  return html + "</table></div></section>\n";
}

std::string monthly_table(const std::vector<backtest::MonthlyReturn>& months) {
  if (months.empty()) return {};
  std::map<int, std::map<unsigned, double>> years;
  for (const auto& month : months) years[month.year][month.month] = month.return_fraction;
  std::string html = "<section><h2>Returns by month, %</h2><table class=\"grid\">\n";
  html += head({"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
                "Dec", "Year"});
  for (const auto& [year, returns] : years) {
    html += "<tr><th>" + std::to_string(year) + "</th>";
    double growth = 1;
    for (unsigned month = 1; month <= 12; ++month) {
      const auto found = returns.find(month);
      html += found == returns.end() ? "<td></td>" : month_cell(found->second);
      if (found != returns.end()) growth *= 1 + found->second;
    }
    html += month_cell(growth - 1) + "</tr>\n";
  }
  return html + "</table></section>\n";
}

std::string group_tables(const PortfolioReport& report) {
  constexpr std::size_t most_rows = 500;
  std::string html = "<section><h2>Symbols</h2><table class=\"grid\">\n";
  html += head({"Symbol", "Trades", "Win rate", "Profit", "Commission", "Avg. return",
                "Worst adverse", "Exposure", "Avg. duration"});
  const std::size_t symbols = std::min(report.per_symbol.size(), most_rows);
  for (std::size_t i = 0; i < symbols; ++i) {
    html += group_row(cell(report.result.symbols[i].text()), report.per_symbol[i]);
  }
  html += "</table></section>\n";
  if (report.per_slot.size() <= 1) return html;
  html += "<section><h2>Strategies</h2><table class=\"grid\">\n";
  html += head({"Strategy", "Symbol", "Trades", "Win rate", "Profit", "Commission", "Avg. return",
                "Worst adverse", "Exposure", "Avg. duration"});
  for (std::size_t i = 0; i < std::min(report.per_slot.size(), most_rows); ++i) {
    const auto& slot = report.slots[i];
    html += group_row(cell(slot.strategy) + cell(report.result.symbols[slot.symbol].text()),
                      report.per_slot[i]);
  }
  return html + "</table></section>\n";
}

std::string text_table(const std::string& title,
                       const std::vector<std::pair<std::string, std::string>>& rows) {
  if (rows.empty()) return {};
  std::string html = "<section><h2>" + escape_markup(title) + "</h2><table>\n";
  for (const auto& [name, value] : rows) html += row(name, value);
  return html + "</table></section>\n";
}

std::string warning_list(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return {};
  std::string html = "<ul class=\"warnings\">\n";
  for (const auto& warning : warnings) html += "<li>" + escape_markup(warning) + "</li>\n";
  return html + "</ul>\n";
}

}  // namespace hts::report
