#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/portfolio/portfolio_options.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/signal_report.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/time/timestamp.hpp"

/// A backtest as a client asked for it and as it is stored and answered.
namespace hts::backtest {

enum class Mode { signals, portfolio };

/// "signals", "portfolio".
[[nodiscard]] std::string_view name_of(Mode mode) noexcept;
/// Error: invalid, field `mode`, naming both.
[[nodiscard]] result::Result<Mode> parse_mode(std::string_view name);

/// What a request of the mode `portfolio` asks beyond the other mode.
struct PortfolioTask {
  /// Its symbols are those of the request that are not disabled.
  PortfolioPlan plan;
  PortfolioOptions options;
};

struct PortfolioRun;

/// A validated request. `start_date` and `end_date` keep the client's text; `range` is what they
/// mean.
struct BacktestRequest {
  std::string strategy;               ///< several are joined by +
  strategies::Parameters parameters;  ///< of the mode `signals`
  /// As an answer shows them: defaults filled in; several strategies' with their names before them.
  std::vector<strategies::NamedValue> shown_parameters;
  std::vector<market::Symbol> symbols;  ///< at least one, no duplicates
  std::string start_date;
  std::string end_date;
  time::TimeRange range;
  market::Timeframe timeframe = market::Timeframe::day();
  std::string description;
  std::optional<PortfolioTask> portfolio;  ///< nothing: the mode `signals`
  bool fresh = false;                      ///< compute, whatever is stored
};

struct SymbolResult {
  market::Symbol symbol;
  bool is_active = true;  ///< set by users; not part of the computation
  SignalReport report;
};

/// One finished run. `symbols` in the order of the request. Of the mode `portfolio` their reports
/// have no signals: statistics count the symbol's trades.
struct BacktestRun {
  std::string run_id;  ///< UUID, lower case
  Mode mode = Mode::signals;
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
  /// Equal runs have equal ones: of candles, parameters, settings and engine (`fingerprint.hpp`).
  std::string fingerprint;
  /// What the mode `portfolio` computed; null in the other and in runs that come from a store.
  std::shared_ptr<const PortfolioRun> portfolio;
  /// The same as it is stored and answered, a JSON object; empty until somebody has written it.
  std::string document;
  bool cached = false;  ///< the answer was there before the question
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
  Mode mode = Mode::signals;
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
  std::string fingerprint;
};

[[nodiscard]] RunSummary summarize(const BacktestRun& run);

/// A run that says what was asked for, with nothing computed yet.
[[nodiscard]] BacktestRun describe(const BacktestRequest& request);

}  // namespace hts::backtest
