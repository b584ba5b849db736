#include "adapters/json/backtest_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

backtest::BacktestRun sample_run(std::size_t trades) {
  backtest::BacktestRun run;
  run.run_id = "0b0e7d54-7f5e-4f0e-9d1c-5d1f3e0a9b11";
  run.strategy = "volume_long_candle";
  run.parameters = {{"vol_ma_window", std::int64_t{20}}, {"body_pct", 0.02}};
  run.start_date = "2020-02-20";
  run.end_date = "2020-02-21";
  run.timeframe = market::Timeframe::minute();
  run.execution_seconds = 0.0125;
  run.description = "a \"quoted\" word";
  run.executed_at = time::from_milliseconds(1'700'000'000'000);
  run.environment = "hts 0.1.0";
  run.execution_host = "host";
  backtest::SymbolResult result{market::Symbol::parse("BTC_KRW").value(), false, {}};
  for (std::size_t i = 0; i < trades; ++i) {
    backtest::SignalTrade trade;
    trade.index = i;
    trade.exit_index = i + 1;
    trade.time = time::from_milliseconds(1'582'185'600'000) + std::chrono::minutes{i};
    trade.exit_time = trade.time + std::chrono::minutes{1};
    trade.entry_price = 100;
    trade.exit_price = 105;
    trade.return_pct = 5;
    trade.confidence = 0.75;
    result.report.trades.push_back(trade);
  }
  result.report.candles = 240;
  result.report.statistics = backtest::summarize(result.report.trades);
  run.symbols.push_back(result);
  run.total_signals = trades;
  return run;
}

TEST(BacktestJson, the_answer_has_the_fields_that_clients_read) {
  EXPECT_EQ(
      backtest_to_text(sample_run(1)),
      R"({"version":"1.1.0","run_id":"0b0e7d54-7f5e-4f0e-9d1c-5d1f3e0a9b11",)"
      R"("strategy":"volume_long_candle","params":{"vol_ma_window":20,"body_pct":0.02},)"
      R"("start_date":"2020-02-20","end_date":"2020-02-21","timeframe":"1m","mode":"signals",)"
      R"("symbols":[{"symbol":"BTC_KRW","is_active":false,"signals":[)"
      R"({"symbol":"BTC_KRW","type":"buy","timestamp":"2020-02-20T08:00:00Z",)"
      R"("entry_price":100.0,"exit_price":105.0,"return_pct":0.05,"index":0,"exit_index":1,)"
      R"("exit_timestamp":"2020-02-20T08:01:00Z","confidence":0.75}],)"
      R"("win_rate":1.0,"avg_return":5.0,"max_drawdown":0.0,"avg_hold_bars":1.0,)"
      R"("candles":240,"performance_curve":[)"
      R"({"timestamp":"2020-02-20T08:01:00Z","equity":1.05,"drawdown":0.0}]}],)"
      R"("total_signals":1,"execution_time":0.0125,"description":"a \"quoted\" word",)"
      R"("metadata":{"execution_date":"2023-11-14T22:13:20Z","environment":"hts 0.1.0",)"
      R"("execution_host":"host"}})");
}

TEST(BacktestJson, a_run_without_signals_has_empty_lists) {
  const auto value = parse_json(backtest_to_text(sample_run(0)));
  ASSERT_TRUE(value);
  const auto& symbol = value->at("symbols").as_array().at(0);
  EXPECT_TRUE(symbol.at("signals").as_array().empty());
  EXPECT_TRUE(symbol.at("performance_curve").as_array().empty());
}

TEST(BacktestJson, a_summary_counts_what_it_leaves_out) {
  const auto value =
      parse_json(summary_to_text(backtest::summarize(sample_run(3)), Layout::pretty));
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(value->at("run_id"), "0b0e7d54-7f5e-4f0e-9d1c-5d1f3e0a9b11");
  EXPECT_EQ(value->at("total_signals"), 3);
  EXPECT_EQ(value->at("metadata").at("execution_host"), "host");
  const auto& symbol = value->at("symbols").as_array().at(0).as_object();
  EXPECT_EQ(symbol.at("signal_count"), 3);
  EXPECT_EQ(symbol.at("candles"), 240);
  EXPECT_EQ(symbol.at("win_rate"), 1.0);
  EXPECT_FALSE(symbol.contains("signals"));
}

TEST(BacktestJson, a_hundred_thousand_signals_are_one_valid_document) {
  const auto value =
      parse_json(backtest_to_text(sample_run(100'000)), {.max_bytes = std::size_t{1} << 28U});
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(value->at("symbols").as_array().at(0).at("signals").as_array().size(), 100'000U);
}

}  // namespace
}  // namespace hts::json
