#include <cstddef>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/csv/candle_import.hpp"
#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/time/timestamp.hpp"
#include "golden_files.hpp"
#include "golden_report.hpp"

namespace hts::conformance {
namespace {

namespace json = boost::json;

double to_double(const json::value& value) {
  return value.to_number<double>();
}

time::Timestamp timestamp(const json::value& value) {
  return time::parse_iso8601(std::string{value.as_string()}).value();
}

std::vector<double> numbers(const json::value& values) {
  std::vector<double> list;
  for (const auto& value : values.as_array()) list.push_back(to_double(value));
  return list;
}

std::vector<backtest::PortfolioTrade> trades_of(const json::value& values) {
  std::vector<backtest::PortfolioTrade> trades;
  for (const auto& value : values.as_array()) {
    const auto& golden = value.as_object();
    backtest::PortfolioTrade trade;
    trade.quantity = to_double(golden.at("Size"));
    trade.entry_bar = golden.at("EntryBar").to_number<std::size_t>();
    trade.exit_bar = golden.at("ExitBar").to_number<std::size_t>();
    trade.entry_time = timestamp(golden.at("EntryTime"));
    trade.exit_time = timestamp(golden.at("ExitTime"));
    trade.entry_price = to_double(golden.at("EntryPrice"));
    trade.exit_price = to_double(golden.at("ExitPrice"));
    trade.profit = to_double(golden.at("PnL"));
    trade.return_fraction = to_double(golden.at("ReturnPct"));
    trade.commission = to_double(golden.at("Commission"));
    trades.push_back(trade);
  }
  return trades;
}

class GoldenStatistics : public testing::TestWithParam<std::string> {};

TEST_P(GoldenStatistics, the_expected_trades_and_equity_give_the_expected_report) {
  if (GetParam().empty()) {
    GTEST_SKIP() << "no golden/portfolio in " << shared_folder() << ": nothing to compare with";
  }
  const auto golden =
      json::parse(read_text(shared_folder() / "golden" / "portfolio" / (GetParam() + ".json")));
  const auto file = csv::read_candles(
      (shared_folder() / "data" / "candles" / golden.at("input").as_string().c_str()).string(), {});
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto equity = numbers(golden.at("equity"));
  const auto trades = trades_of(golden.at("trades"));
  const auto& stats = golden.at("stats").as_object();
  ASSERT_EQ(file->series.size(), equity.size());
  backtest::StatisticsInput input;
  input.time = file->series.open_time;
  input.equity = equity;
  input.trades = trades;
  input.closes = file->series.close;
  input.warm_up_bars = golden.at("config").at("n2").to_number<std::size_t>() - 1;
  input.commissions = to_double(stats.at("Commissions [$]"));

  const auto report = backtest::compute_statistics(input);
  expect_report(report, stats);

  const auto quick = backtest::compute_sweep_statistics(input);
  EXPECT_EQ(quick.equity_final, report.equity_final);
  EXPECT_EQ(quick.return_pct, report.return_pct);
  EXPECT_EQ(quick.sharpe_ratio, report.sharpe_ratio);
  EXPECT_EQ(quick.max_drawdown_pct, report.max_drawdown_pct);
  EXPECT_EQ(quick.trades, report.trades);
  EXPECT_EQ(quick.win_rate_pct, report.win_rate_pct);
}

INSTANTIATE_TEST_SUITE_P(, GoldenStatistics, testing::ValuesIn(golden_names("portfolio")));

}  // namespace
}  // namespace hts::conformance
