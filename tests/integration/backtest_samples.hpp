#pragma once

#include <string>

#include <gtest/gtest.h>

#include "engine/backtest/backtest_run.hpp"

/// Finished backtests for the tests of result and artifact stores.
namespace hts::testing {

/// A run id that differs for each number.
inline std::string sample_run_id(unsigned number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 12 - digits.size(), '0');
  return "0b0e7d54-7f5e-4f0e-9d1c-" + digits;
}

/// Two symbols, values with all their digits, `trades` signals of the first symbol and one of the
/// second.
inline backtest::BacktestRun sample_run(unsigned number, std::size_t trades = 5) {
  backtest::BacktestRun run;
  run.run_id = sample_run_id(number);
  run.strategy = "volume_zone_breakout";
  run.parameters = {{"volume_window", std::int64_t{60}},
                    {"top_percentile", 0.1 + 0.2},
                    {"hold", 2.0},
                    {"include_wicks", true}};
  run.start_date = "2020-02-20";
  run.end_date = "2020-02-21T09:00:00+09:00";
  run.timeframe = market::Timeframe::minute();
  run.execution_seconds = 0.1 / 3;
  run.description = "두 심볼 \"quoted\" line\nbreak '; DROP TABLE runs; --";
  run.executed_at = time::from_milliseconds(1'700'000'000'123 + number);
  run.environment = "hts 0.1.0";
  run.execution_host = "host";
  run.fingerprint = "0123456789abcdef0123456789abcdef";
  for (const char* name : {"BTC_KRW", "ETH_KRW"}) {
    backtest::SymbolResult result{market::Symbol::parse(name).value(), true, {}};
    const std::size_t count = run.symbols.empty() ? trades : 1;
    for (std::size_t i = 0; i < count; ++i) {
      backtest::SignalTrade trade;
      trade.index = 10 * i;
      trade.exit_index = 10 * i + 3;
      trade.time = time::from_milliseconds(1'582'185'600'000) + std::chrono::minutes{trade.index};
      trade.exit_time = trade.time + std::chrono::minutes{3};
      trade.entry_price = 11'523'000.1 + static_cast<double>(i % 7);
      trade.exit_price = 11'523'001.3 + static_cast<double>(i % 5);
      trade.return_pct = (trade.exit_price / trade.entry_price - 1) * 100;
      trade.confidence = 1.0 / static_cast<double>(i + 1);
      result.report.trades.push_back(trade);
    }
    result.report.candles = 240 + count;
    result.report.statistics = backtest::summarize(result.report.trades);
    run.total_signals += count;
    run.symbols.push_back(std::move(result));
  }
  return run;
}

/// Of the mode `portfolio`: symbols that count trades, and a document.
inline backtest::BacktestRun sample_portfolio_run(unsigned number) {
  backtest::BacktestRun run = sample_run(number);
  run.mode = backtest::Mode::portfolio;
  for (auto& symbol : run.symbols) symbol.report.trades.clear();
  run.document = "{\"equity\":[1.0,2.0],\"name\":\"포트폴리오\"}";
  return run;
}

inline void expect_equal(const backtest::RunSummary& actual, const backtest::RunSummary& expected) {
  EXPECT_EQ(actual.run_id, expected.run_id);
  EXPECT_EQ(actual.strategy, expected.strategy);
  EXPECT_EQ(actual.parameters, expected.parameters);
  EXPECT_EQ(actual.start_date, expected.start_date);
  EXPECT_EQ(actual.end_date, expected.end_date);
  EXPECT_EQ(actual.timeframe, expected.timeframe);
  EXPECT_EQ(actual.total_signals, expected.total_signals);
  EXPECT_EQ(actual.execution_seconds, expected.execution_seconds);
  EXPECT_EQ(actual.description, expected.description);
  EXPECT_EQ(actual.executed_at, expected.executed_at);
  EXPECT_EQ(actual.environment, expected.environment);
  EXPECT_EQ(actual.execution_host, expected.execution_host);
  EXPECT_EQ(actual.mode, expected.mode);
  EXPECT_EQ(actual.fingerprint, expected.fingerprint);
  ASSERT_EQ(actual.symbols.size(), expected.symbols.size());
  for (std::size_t i = 0; i < expected.symbols.size(); ++i) {
    EXPECT_EQ(actual.symbols[i].symbol, expected.symbols[i].symbol);
    EXPECT_EQ(actual.symbols[i].is_active, expected.symbols[i].is_active);
    EXPECT_EQ(actual.symbols[i].candles, expected.symbols[i].candles);
    EXPECT_EQ(actual.symbols[i].statistics, expected.symbols[i].statistics);
  }
}

}  // namespace hts::testing
