#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backtest/signal_report.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/time/timestamp.hpp"

/// A backtest as a client asked for it and as it is stored and answered.
namespace hts::backtest {

/// A validated request. `start_date` and `end_date` keep the client's text; `range` is what they
/// mean.
struct BacktestRequest {
  std::string strategy;
  strategies::Parameters parameters;
  std::vector<market::Symbol> symbols;  ///< at least one, no duplicates
  std::string start_date;
  std::string end_date;
  time::TimeRange range;
  market::Timeframe timeframe = market::Timeframe::day();
  std::string description;
};

struct SymbolResult {
  market::Symbol symbol;
  bool is_active = true;  ///< set by users; not part of the computation
  SignalReport report;
};

/// One finished run. `symbols` in the order of the request.
struct BacktestRun {
  std::string run_id;  ///< UUID, lower case
  std::string strategy;
  std::vector<strategies::NamedValue> parameters;  ///< those applied, defaults filled in
  std::string start_date;
  std::string end_date;
  market::Timeframe timeframe = market::Timeframe::day();
  std::vector<SymbolResult> symbols;
  std::uint64_t total_signals = 0;
  double execution_seconds = 0;
  std::string description;
  time::Timestamp executed_at{};
  std::string environment;     ///< "hts 0.1.0"
  std::string execution_host;  ///< host name
};

/// A run without its trades and curves: what a history lists.
struct RunSummary {
  struct SymbolRow {
    market::Symbol symbol;
    bool is_active = true;
    std::uint64_t candles = 0;
    SignalStatistics statistics;
  };
  std::string run_id;
  std::string strategy;
  std::vector<strategies::NamedValue> parameters;
  std::string start_date;
  std::string end_date;
  market::Timeframe timeframe = market::Timeframe::day();
  std::vector<SymbolRow> symbols;
  std::uint64_t total_signals = 0;
  double execution_seconds = 0;
  std::string description;
  time::Timestamp executed_at{};
  std::string environment;
  std::string execution_host;
};

[[nodiscard]] RunSummary summarize(const BacktestRun& run);

}  // namespace hts::backtest
