#include "adapters/json/portfolio_json.hpp"

#include <atomic>
#include <chrono>
#include <limits>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include "adapters/json/portfolio_document.hpp"
#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

backtest::PortfolioReport sample_report() {
  backtest::PortfolioReport report;
  auto& result = report.result;
  result.symbols = {market::Symbol::parse("BTC_KRW").value()};
  for (int day = 0; day < 3; ++day) result.time.emplace_back(std::chrono::days{day});
  result.equity = {10'000, 10'100.5, 9'900};
  backtest::PortfolioTrade trade;
  trade.quantity = -2;
  trade.entry_bar = 1;
  trade.exit_bar = 2;
  trade.entry_time = result.time[1];
  trade.exit_time = result.time[2];
  trade.entry_price = 100;
  trade.exit_price = 90;
  trade.profit = 19;
  trade.return_fraction = 0.095;
  trade.commission = 1;
  trade.adverse_excursion = -0.01;
  trade.favourable_excursion = 0.11;
  trade.reason = backtest::ExitReason::take_profit;
  result.trades = {trade};
  result.refusals = {{2, 0, 0, "The account has no cash left."}};
  result.refused = 5;
  result.ambiguous_bars = 1;
  report.slots = {{"sma_cross", 0}};
  report.statistics.trades = 1;
  report.statistics.end = result.time[2];
  report.statistics.sharpe_ratio = std::numeric_limits<double>::quiet_NaN();
  report.statistics.buy_and_hold_return_pct = 12.5;
  report.monthly = {{1970, 1, -0.01}};
  report.per_symbol = {backtest::trade_group(result.trades, 3)};
  report.per_slot = report.per_symbol;
  report.warnings = {"Only 1 trade."};
  return report;
}

boost::json::object written(const backtest::PortfolioReport& report) {
  return parse_json(portfolio_to_text(report)).value().as_object();
}

TEST(PortfolioJson, a_trade_has_the_fields_that_clients_read) {
  const auto answer = written(sample_report());
  EXPECT_EQ(to_text(answer.at("trades")),
            R"([{"symbol":"BTC_KRW","strategy":"sma_cross","size":-2.0,"entry_bar":1,"exit_bar":2,)"
            R"("entry_time":"1970-01-02T00:00:00Z","exit_time":"1970-01-03T00:00:00Z",)"
            R"("duration_seconds":86400.0,"entry_price":100.0,"exit_price":90.0,"pnl":19.0,)"
            R"("return_pct":0.095,"commission":1.0,"slippage_cost":0.0,"mae":-0.01,"mfe":0.11,)"
            R"("exit_reason":"take_profit"}])");
}

TEST(PortfolioJson, statistics_state_their_convention_and_all_their_names) {
  const auto answer = written(sample_report());
  const auto& statistics = answer.at("statistics").as_object();
  EXPECT_EQ(statistics.at("convention").as_string(), "backtesting.py");
  for (const char* name : {"start",
                           "end",
                           "duration_seconds",
                           "exposure_time_pct",
                           "equity_final",
                           "equity_peak",
                           "commissions",
                           "return_pct",
                           "buy_and_hold_return_pct",
                           "return_ann_pct",
                           "volatility_ann_pct",
                           "cagr_pct",
                           "sharpe_ratio",
                           "sortino_ratio",
                           "calmar_ratio",
                           "alpha_pct",
                           "beta",
                           "max_drawdown_pct",
                           "avg_drawdown_pct",
                           "max_drawdown_duration_seconds",
                           "avg_drawdown_duration_seconds",
                           "trades",
                           "win_rate_pct",
                           "best_trade_pct",
                           "worst_trade_pct",
                           "avg_trade_pct",
                           "max_trade_duration_seconds",
                           "avg_trade_duration_seconds",
                           "profit_factor",
                           "expectancy_pct",
                           "sqn",
                           "kelly_criterion"}) {
    EXPECT_TRUE(statistics.contains(name)) << name;
  }
  EXPECT_EQ(statistics.size(), 33U);
  EXPECT_TRUE(statistics.at("sharpe_ratio").is_null());
  EXPECT_EQ(to_text(statistics.at("trades")), "1");
  EXPECT_EQ(statistics.at("end").as_string(), "1970-01-03T00:00:00Z");
}

TEST(PortfolioJson, a_document_is_written_until_it_is_cancelled) {
  backtest::PortfolioRun run;
  run.report = sample_report();
  run.report.result.trades.clear();
  std::atomic<bool> cancel{false};
  EXPECT_EQ(portfolio_document(run, &cancel), portfolio_document(run));
  cancel = true;
  EXPECT_EQ(portfolio_document(run, &cancel), "");
}

TEST(PortfolioJson, equity_and_time_have_an_entry_a_bar) {
  const auto answer = written(sample_report());
  EXPECT_EQ(answer.at("mode").as_string(), "portfolio");
  EXPECT_EQ(to_text(answer.at("equity")), "[10000.0,10100.5,9900.0]");
  EXPECT_EQ(answer.at("time").as_array().size(), 3U);
}

TEST(PortfolioJson, tables_warnings_and_refusals_are_there) {
  const auto answer = written(sample_report());
  EXPECT_EQ(to_text(answer.at("monthly_returns")),
            R"([{"year":1970,"month":1,"return_pct":-1.0}])");
  EXPECT_EQ(answer.at("per_symbol").at(0).at("symbol").as_string(), "BTC_KRW");
  EXPECT_EQ(answer.at("per_strategy").at(0).at("strategy").as_string(), "sma_cross");
  EXPECT_EQ(to_text(answer.at("warnings")), R"(["Only 1 trade."])");
  EXPECT_EQ(to_text(answer.at("refusals")),
            R"([{"bar":2,"time":"1970-01-03T00:00:00Z","symbol":"BTC_KRW","strategy":"sma_cross",)"
            R"("reason":"The account has no cash left."}])");
  EXPECT_EQ(to_text(answer.at("refused")), "5");
  EXPECT_EQ(to_text(answer.at("ambiguous_bars")), "1");
  EXPECT_FALSE(answer.at("inference").as_object().contains("deflated_sharpe"));
}

TEST(PortfolioJson, the_winner_of_a_search_has_a_deflated_sharpe_ratio) {
  auto report = sample_report();
  report.inference.deflation = {100, 0.1, 0.9};
  const auto answer = written(report);
  EXPECT_EQ(to_text(answer.at("inference").at("deflated_sharpe")), "0.9");
  EXPECT_EQ(to_text(answer.at("inference").at("trials")), "100");
}

}  // namespace
}  // namespace hts::json
