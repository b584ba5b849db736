#include "engine/backtest/backtest_run.hpp"

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

TEST(RunSummary, is_the_run_without_its_trades) {
  BacktestRun run;
  run.run_id = "0a";
  run.strategy = "volume_long_candle";
  run.parameters = {{"body_pct", 0.03}};
  run.start_date = "2024-01-01";
  run.end_date = "2024-02-01";
  run.timeframe = market::Timeframe::minute();
  run.total_signals = 1;
  run.execution_seconds = 0.25;
  run.description = "first";
  run.executed_at = time::from_milliseconds(5);
  run.environment = "hts";
  run.execution_host = "here";
  SymbolResult symbol{market::Symbol::parse("BTC_KRW").value(), false, {}};
  symbol.report.candles = 42;
  symbol.report.trades.resize(1);
  symbol.report.statistics = {1, 1, 2.5, 0, 1};
  run.symbols.push_back(symbol);

  const auto summary = summarize(run);
  EXPECT_EQ(summary.run_id, run.run_id);
  EXPECT_EQ(summary.strategy, run.strategy);
  EXPECT_EQ(summary.parameters, run.parameters);
  EXPECT_EQ(summary.start_date, run.start_date);
  EXPECT_EQ(summary.end_date, run.end_date);
  EXPECT_EQ(summary.timeframe, run.timeframe);
  EXPECT_EQ(summary.total_signals, 1U);
  EXPECT_EQ(summary.execution_seconds, 0.25);
  EXPECT_EQ(summary.description, run.description);
  EXPECT_EQ(summary.executed_at, run.executed_at);
  EXPECT_EQ(summary.environment, run.environment);
  EXPECT_EQ(summary.execution_host, run.execution_host);
  ASSERT_EQ(summary.symbols.size(), 1U);
  EXPECT_EQ(summary.symbols[0].symbol.text(), "BTC_KRW");
  EXPECT_FALSE(summary.symbols[0].is_active);
  EXPECT_EQ(summary.symbols[0].candles, 42U);
  EXPECT_EQ(summary.symbols[0].statistics, symbol.report.statistics);
}

}  // namespace
}  // namespace hts::backtest
