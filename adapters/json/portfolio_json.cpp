#include "adapters/json/portfolio_json.hpp"

#include <chrono>
#include <cstddef>

#include "engine/backtest/sweep/objective.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::json {
namespace {

using backtest::PortfolioReport;

constexpr double percent = 100;

/// False when cancelled before the end.
template <class Values, class Write>
bool write_each(const Values& values, const std::atomic<bool>* cancel, Write write) {
  constexpr std::size_t between_looks = 4096;
  std::size_t count = 0;
  for (const auto& value : values) {
    if (count++ % between_looks == 0 && cancel != nullptr &&
        cancel->load(std::memory_order_relaxed)) {
      return false;
    }
    write(value);
  }
  return true;
}

void write_trade(Writer& writer, const PortfolioReport& report,
                 const backtest::PortfolioTrade& trade) {
  writer.begin_object();
  writer.member("symbol", report.result.symbols[trade.symbol].text());
  writer.member("strategy", report.slots[trade.slot].strategy);
  writer.member("size", trade.quantity);
  writer.member("entry_bar", trade.entry_bar);
  writer.member("exit_bar", trade.exit_bar);
  writer.member("entry_time", time::format_iso8601(trade.entry_time));
  writer.member("exit_time", time::format_iso8601(trade.exit_time));
  writer.member("duration_seconds",
                std::chrono::duration<double>(trade.exit_time - trade.entry_time).count());
  writer.member("entry_price", trade.entry_price);
  writer.member("exit_price", trade.exit_price);
  writer.member("pnl", trade.profit);
  writer.member("return_pct", trade.return_fraction);
  writer.member("commission", trade.commission);
  writer.member("slippage_cost", trade.slippage_cost);
  writer.member("mae", trade.adverse_excursion);
  writer.member("mfe", trade.favourable_excursion);
  writer.member("exit_reason", backtest::name_of(trade.reason));
  writer.end_object();
}

void write_group_members(Writer& writer, const backtest::TradeGroup& group) {
  writer.member("trades", group.trades);
  writer.member("win_rate_pct", group.win_rate_pct);
  writer.member("profit", group.profit);
  writer.member("commission", group.commission);
  writer.member("avg_return_pct", group.avg_return_pct);
  writer.member("max_adverse_pct", group.max_adverse_pct);
  writer.member("exposure_time_pct", group.exposure_time_pct);
  writer.member("avg_duration_seconds", group.avg_duration_seconds);
}

void write_groups(Writer& writer, const PortfolioReport& report) {
  writer.key("per_symbol");
  writer.begin_array();
  for (std::size_t i = 0; i < report.per_symbol.size(); ++i) {
    writer.begin_object();
    writer.member("symbol", report.result.symbols[i].text());
    write_group_members(writer, report.per_symbol[i]);
    writer.end_object();
  }
  writer.end_array();
  writer.key("per_strategy");
  writer.begin_array();
  for (std::size_t i = 0; i < report.per_slot.size(); ++i) {
    writer.begin_object();
    writer.member("strategy", report.slots[i].strategy);
    writer.member("symbol", report.result.symbols[report.slots[i].symbol].text());
    write_group_members(writer, report.per_slot[i]);
    writer.end_object();
  }
  writer.end_array();
}

void write_inference(Writer& writer, const backtest::SharpeInference& inference) {
  writer.key("inference");
  writer.begin_object();
  writer.member("periods", inference.moments.periods);
  writer.member("periods_a_year", inference.periods_a_year);
  writer.member("period_sharpe", inference.moments.sharpe);
  writer.member("skewness", inference.moments.skewness);
  writer.member("kurtosis", inference.moments.kurtosis);
  writer.member("probabilistic_sharpe", inference.probabilistic_sharpe);
  writer.member("minimum_track_record_periods", inference.minimum_track_record);
  if (inference.deflation) {
    writer.member("trials", inference.deflation->trials);
    writer.member("expected_best_period_sharpe", inference.deflation->expected_best_sharpe);
    writer.member("deflated_sharpe", inference.deflation->deflated_sharpe);
  }
  writer.end_object();
}

void write_monthly(Writer& writer, const PortfolioReport& report) {
  writer.key("monthly_returns");
  writer.begin_array();
  for (const auto& month : report.monthly) {
    writer.begin_object();
    writer.member("year", month.year);
    writer.member("month", month.month);
    writer.member("return_pct", month.return_fraction * percent);
    writer.end_object();
  }
  writer.end_array();
}

void write_refusals(Writer& writer, const PortfolioReport& report) {
  const auto& result = report.result;
  writer.member("refused", result.refused);
  writer.key("refusals");
  writer.begin_array();
  for (const auto& refusal : result.refusals) {
    writer.begin_object();
    writer.member("bar", refusal.bar);
    if (refusal.bar < result.time.size()) {
      writer.member("time", time::format_iso8601(result.time[refusal.bar]));
    }
    writer.member("symbol", result.symbols[refusal.symbol].text());
    writer.member("strategy", report.slots[refusal.slot].strategy);
    writer.member("reason", refusal.reason);
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace

void write_portfolio_statistics(Writer& writer, const backtest::PortfolioStatistics& statistics) {
  writer.begin_object();
  writer.member("convention", "backtesting.py");
  writer.member("start", time::format_iso8601(statistics.start));
  writer.member("end", time::format_iso8601(statistics.end));
  writer.member("duration_seconds", statistics.duration_seconds);
  for (const auto& statistic : backtest::ranked_statistics()) {
    if (statistic.name == "trades") {
      writer.member("trades", statistics.trades);
    } else {
      writer.member(statistic.name, statistic.value(statistics));
    }
    // Equal for all trials of a search, hence no rank of its own.
    if (statistic.name == "return_pct") {
      writer.member("buy_and_hold_return_pct", statistics.buy_and_hold_return_pct);
    }
  }
  writer.end_object();
}

bool write_portfolio_members(Writer& writer, const PortfolioReport& report,
                             const std::atomic<bool>* cancel) {
  const auto& result = report.result;
  writer.key("statistics");
  write_portfolio_statistics(writer, report.statistics);
  writer.key("trades");
  writer.begin_array();
  if (!write_each(result.trades, cancel,
                  [&](const auto& trade) { write_trade(writer, report, trade); })) {
    return false;
  }
  writer.end_array();
  writer.key("equity");
  writer.begin_array();
  if (!write_each(result.equity, cancel, [&](double worth) { writer.value(worth); })) return false;
  writer.end_array();
  writer.key("time");
  writer.begin_array();
  if (!write_each(result.time, cancel,
                  [&](auto moment) { writer.value(time::format_iso8601(moment)); })) {
    return false;
  }
  writer.end_array();
  write_monthly(writer, report);
  write_groups(writer, report);
  write_inference(writer, report.inference);
  writer.key("warnings");
  writer.begin_array();
  for (const auto& warning : report.warnings) writer.value(warning);
  writer.end_array();
  write_refusals(writer, report);
  writer.member("ambiguous_bars", result.ambiguous_bars);
  writer.member("warm_up_bars", result.warm_up_bars);
  writer.member("liquidated", result.liquidated);
  return true;
}

void write_portfolio(Writer& writer, const PortfolioReport& report) {
  writer.begin_object();
  writer.member("mode", "portfolio");
  (void)write_portfolio_members(writer, report);
  writer.end_object();
}

std::string portfolio_to_text(const PortfolioReport& report, Layout layout) {
  std::string text;
  Writer writer{text, layout};
  write_portfolio(writer, report);
  return text;
}

}  // namespace hts::json
