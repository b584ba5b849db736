#include "adapters/cli/portfolio_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/cli/backtest_table.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/json/backtest_json.hpp"
#include "adapters/json/portfolio_document.hpp"
#include "engine/backtest/portfolio_run.hpp"
#include "engine/json/json_text.hpp"

namespace hts::cli {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t trades_shown = 10;

std::string cell_text(const value& content) {
  if (content.is_string()) return std::string{content.get_string()};
  return json::to_text(content);
}

/// NaN for null.
double number_of(const value& content) {
  return content.is_null() ? std::nan("") : content.to_number<double>();
}

bool take_end(std::string& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.resize(text.size() - end.size());
  return true;
}

std::string duration_text(double seconds) {
  constexpr double minute = 60;
  constexpr double hour = 60 * minute;
  constexpr double day = 24 * hour;
  if (std::isnan(seconds)) return "-";
  if (seconds >= 2 * day) return fixed(seconds / day, 1) + " days";
  if (seconds >= 2 * hour) return fixed(seconds / hour, 1) + " hours";
  return fixed(seconds / minute, 1) + " minutes";
}

/// Numbers beyond what fits a column have an exponent.
std::string short_number(double value, int decimals) {
  constexpr double widest = 1e12;
  if (!(std::fabs(value) >= widest)) return fixed(value, decimals);
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::scientific, decimals);
  return {text.data(), end.ptr};
}

/// Six digits: enough to recognise a quantity.
std::string six_digits(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6);
  return {text.data(), end.ptr};
}

/// `max_drawdown_pct: -12.3` as `max drawdown`, `-12.30 %`.
std::pair<std::string, std::string> statistic_text(std::string_view key, const value& content) {
  std::string name{key};
  std::string shown;
  if (take_end(name, "_pct")) {
    shown = short_number(number_of(content), 2) + " %";
  } else if (take_end(name, "_seconds")) {
    shown = duration_text(number_of(content));
  } else if (content.is_double() || content.is_null()) {
    shown = short_number(number_of(content), 3);
  } else {
    shown = cell_text(content);
  }
  std::replace(name.begin(), name.end(), '_', ' ');
  return {name, shown};
}

std::string left_aligned(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

/// The first half of the statistics on the left, the other on the right.
void print_statistics(const object& statistics, std::ostream& out) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& member : statistics) {
    if (member.key() == "convention") continue;
    rows.push_back(statistic_text(member.key(), member.value()));
  }
  constexpr std::size_t name_width = 24;
  constexpr std::size_t value_width = 24;
  const std::size_t lines = (rows.size() + 1) / 2;
  for (std::size_t line = 0; line < lines; ++line) {
    out << left_aligned(rows[line].first, name_width);
    if (line + lines < rows.size()) {
      const auto& [name, shown] = rows[line + lines];
      out << left_aligned(rows[line].second, value_width) << left_aligned(name, name_width)
          << shown;
    } else {
      out << rows[line].second;
    }
    out << "\n";
  }
}

void print_trades(const object& answer, std::ostream& out) {
  const auto& trades = answer.at("trades").as_array();
  const auto all = answer.at("statistics").at("trades").to_number<std::uint64_t>();
  const std::size_t first = trades.size() - std::min(trades.size(), trades_shown);
  if (trades.empty()) return;
  out << "\nThe last " << trades.size() - first << " of " << grouped(all) << " trades\n";
  TextTable table({"symbol", "side", "size", "entry", "exit", "entry price", "exit price", "profit",
                   "return", "reason"});
  for (std::size_t i = first; i < trades.size(); ++i) {
    const object& trade = trades[i].as_object();
    const double size = number_of(trade.at("size"));
    table.add({cell_text(trade.at("symbol")), size > 0 ? "long" : "short",
               six_digits(std::fabs(size)), cell_text(trade.at("entry_time")),
               cell_text(trade.at("exit_time")),
               strategies::to_text(number_of(trade.at("entry_price"))),
               strategies::to_text(number_of(trade.at("exit_price"))),
               fixed(number_of(trade.at("pnl")), 2),
               fixed(number_of(trade.at("return_pct")) * 100, 2) + " %",
               cell_text(trade.at("exit_reason"))});
  }
  table.print(out);
}

void print_cautions(const object& answer, std::ostream& out) {
  const auto ambiguous = answer.at("ambiguous_bars").to_number<std::uint64_t>();
  if (ambiguous > 0) {
    out << "\n"
        << grouped(ambiguous) << (ambiguous == 1 ? " candle" : " candles")
        << " held both a stop and a target";
    if (const auto* optimistic = answer.if_contains("optimistic")) {
      out << "; the optimistic return is "
          << fixed(number_of(optimistic->at("statistics").at("return_pct")), 2) << " %.";
    } else {
      out << "; '--intrabar both' shows what that may change.";
    }
    out << "\n";
  }
  if (answer.at("liquidated").as_bool()) out << "\nThe account was liquidated.\n";
  const auto refused = answer.at("refused").to_number<std::uint64_t>();
  if (refused > 0) {
    out << "\n"
        << grouped(refused) << " orders were refused; the first: "
        << cell_text(answer.at("refusals").at(0).at("reason")) << "\n";
  }
  for (const value& warning : answer.at("warnings").as_array()) {
    out << "\nBeware: " << cell_text(warning) << "\n";
  }
}

}  // namespace

void print_portfolio(const object& answer, std::ostream& out) {
  out << table_title(cell_text(answer.at("strategy")), cell_text(answer.at("timeframe")),
                     cell_text(answer.at("start_date")), cell_text(answer.at("end_date")))
      << "\n";
  bool first = true;
  for (const auto& parameter : answer.at("params").as_object()) {
    out << (std::exchange(first, false) ? "" : ", ") << parameter.key() << "="
        << cell_text(parameter.value());
  }
  out << (first ? "\n" : "\n\n");
  print_statistics(answer.at("statistics").as_object(), out);
  print_trades(answer, out);
  print_cautions(answer, out);
  out << "\n"
      << grouped(answer.at("total_signals").to_number<std::uint64_t>()) << " trades in "
      << fixed(number_of(answer.at("execution_time")) * 1000, 1) << " ms";
  const std::string run_id = cell_text(answer.at("run_id"));
  if (!run_id.empty()) {
    out << (answer.contains("cached") ? ", found as " : ", stored as ") << run_id;
  }
  out << "\n";
}

void print_portfolio(const backtest::BacktestRun& run, std::ostream& out) {
  // What is printed needs no equity, and of a million trades only the last.
  const backtest::PortfolioReport& report = run.portfolio->report;
  backtest::PortfolioRun shown;
  shown.options = run.portfolio->options;
  shown.optimistic = run.portfolio->optimistic;
  shown.report.statistics = report.statistics;
  shown.report.slots = report.slots;
  shown.report.warnings = report.warnings;
  backtest::PortfolioResult& result = shown.report.result;
  result.symbols = report.result.symbols;
  result.refusals = report.result.refusals;
  result.refused = report.result.refused;
  result.ambiguous_bars = report.result.ambiguous_bars;
  result.liquidated = report.result.liquidated;
  const auto& trades = report.result.trades;
  result.trades.assign(
      trades.end() - static_cast<std::ptrdiff_t>(std::min(trades.size(), trades_shown)),
      trades.end());
  backtest::BacktestRun head = run;
  head.document = json::portfolio_document(shown);
  print_portfolio(json::parse_json(json::backtest_to_text(head)).value().as_object(), out);
}

}  // namespace hts::cli
