#include "adapters/json/backtest_answer.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "../../integration/backtest_samples.hpp"
#include "adapters/json/backtest_json.hpp"
#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

using testing::expect_equal;

const auto fallback_time = time::from_milliseconds(1'600'000'000'000);

result::Result<backtest::BacktestRun> parse(const std::string& text) {
  const auto value = parse_json(text);
  if (!value) return value.error();
  return parse_backtest(*value, fallback_time);
}

/// As the seed system writes it: nothing of ours.
const std::string seed_answer = R"({
  "version": "1.1.0", "run_id": "0B0E7D54-7f5e-4f0e-9d1c-000000000001",
  "strategy": "volume_zone_breakout", "params": {"volume_window": 60, "include_wicks": true},
  "start_date": "2020-02-20", "end_date": "2020-02-21", "timeframe": "1d",
  "symbols": [{"symbol": "KRW-BTC", "is_active": false, "signals": [
      {"symbol": "KRW-BTC", "type": "buy", "timestamp": "2020-02-20T00:00:00Z",
       "entry_price": 100, "exit_price": 105.0, "return_pct": 0.05},
      {"symbol": "KRW-BTC", "type": "BUY", "timestamp": "2020-02-21T00:00:00",
       "entry_price": 100, "exit_price": 90}],
    "win_rate": 0.5, "avg_return": -2.5, "max_drawdown": 10.0, "avg_hold_bars": 1.0,
    "performance_curve": [{"timestamp": "2020-02-20T00:00:00Z", "equity": 1.05, "drawdown": 0.0}]}],
  "total_signals": 2, "execution_time": 0.25, "description": "시드",
  "metadata": {"execution_date": "2024-05-06T07:08:09.123456", "environment": "dev",
               "execution_host": "laptop"}})";

TEST(BacktestAnswer, what_we_write_is_read_back_equal) {
  const auto run = testing::sample_run(1);
  const auto read = parse(backtest_to_text(run));
  ASSERT_TRUE(read) << read.error().message;
  expect_equal(backtest::summarize(*read), backtest::summarize(run));
  EXPECT_EQ(backtest_to_text(*read), backtest_to_text(run));
}

TEST(BacktestAnswer, an_account_keeps_its_document) {
  auto run = testing::sample_portfolio_run(1);
  for (auto& symbol : run.symbols) symbol.report.statistics.signals = 3;
  const auto read = parse(backtest_to_text(run));
  ASSERT_TRUE(read) << read.error().message;
  expect_equal(backtest::summarize(*read), backtest::summarize(run));
  EXPECT_EQ(backtest_to_text(*read), backtest_to_text(run));
}

TEST(BacktestAnswer, an_answer_of_the_seed_system_is_read) {
  const auto run = parse(seed_answer);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->run_id, "0b0e7d54-7f5e-4f0e-9d1c-000000000001");
  EXPECT_EQ(run->timeframe, market::Timeframe::day());
  EXPECT_EQ(run->total_signals, 2U);
  EXPECT_EQ(run->execution_seconds, 0.25);
  EXPECT_EQ(time::format_iso8601(run->executed_at), "2024-05-06T07:08:09.123Z");
  ASSERT_EQ(run->symbols.size(), 1U);
  const auto& symbol = run->symbols.front();
  EXPECT_EQ(symbol.symbol.text(), "BTC_KRW");
  EXPECT_FALSE(symbol.is_active);
  EXPECT_EQ(symbol.report.statistics.signals, 2U);
  EXPECT_EQ(symbol.report.statistics.max_drawdown_pct, 10.0);
  EXPECT_NEAR(symbol.report.trades[0].return_pct, 5, 1e-12);
  EXPECT_NEAR(symbol.report.trades[1].return_pct, -10, 1e-12);
}

TEST(BacktestAnswer, what_is_missing_is_computed_or_empty) {
  const auto run = parse(
      R"({"run_id": "0b0e7d54-7f5e-4f0e-9d1c-000000000001", "strategy": "s", "symbols": [
         {"symbol": "BTC_KRW", "signals": [{"timestamp": "2020-02-20T00:00:00Z", "entry_price": 100,
          "exit_price": 110}]}]})");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->executed_at, fallback_time);
  EXPECT_EQ(run->total_signals, 1U);
  EXPECT_EQ(run->symbols.front().report.statistics.win_rate, 1.0);
  EXPECT_TRUE(run->symbols.front().is_active);
}

TEST(BacktestAnswer, an_error_names_its_field) {
  const auto replaced = [](const std::string& what, const std::string& by) {
    std::string text = seed_answer;
    text.replace(text.find(what), what.size(), by);
    return text;
  };
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {replaced("0B0E7D54", "0B0E7D5"), "run_id"},
      {replaced("\"volume_zone_breakout\"", "null"), "strategy"},
      {replaced("{\"volume_window\": 60, \"include_wicks\": true}", "[]"), "params"},
      {replaced("\"2020-02-20\"", "5"), "start_date"},
      {replaced("\"1d\"", "\"2d\""), "timeframe"},
      {replaced("\"KRW-BTC\", \"is_active\"", "\"?\", \"is_active\""), "symbols[0].symbol"},
      {replaced("false", "\"no\""), "symbols[0].is_active"},
      {replaced("\"BUY\"", "\"sell\""), "symbols[0].signals[1].type"},
      {replaced("2020-02-21T00:00:00\"", "yesterday\""), "symbols[0].signals[1].timestamp"},
      {replaced("\"exit_price\": 105.0", "\"exit_price\": null"),
       "symbols[0].signals[0].exit_price"},
      {replaced("\"entry_price\": 100", "\"entry_price\": 0"), "symbols[0].signals[0].entry_price"},
      {replaced("0.05}", "\"5 %\"}"), "symbols[0].signals[0].return_pct"},
      {replaced("\"win_rate\": 0.5", "\"win_rate\": \"half\""), "symbols[0].win_rate"},
      {replaced("\"total_signals\": 2", "\"total_signals\": 3"), "total_signals"},
      {replaced("2024-05-06T07:08:09.123456", "May"), "metadata.execution_date"},
      {R"({"run_id": "0b0e7d54-7f5e-4f0e-9d1c-000000000001", "strategy": "s"})", "symbols"},
      {R"({"run_id": "0b0e7d54-7f5e-4f0e-9d1c-000000000001", "strategy": "s", "symbols": [1]})",
       "symbols[0]"},
      {R"({"run_id": "0b0e7d54-7f5e-4f0e-9d1c-000000000001", "strategy": "s", "symbols": [
          {"symbol": "BTC_KRW"}, {"symbol": "KRW-BTC"}]})",
       "symbols[1].symbol"},
  };
  for (const auto& [text, field] : wrong) {
    const auto run = parse(text);
    ASSERT_FALSE(run) << field;
    EXPECT_EQ(run.error().code, result::ErrorCode::invalid);
    EXPECT_EQ(run.error().field, field) << run.error().message;
  }
}

}  // namespace
}  // namespace hts::json
