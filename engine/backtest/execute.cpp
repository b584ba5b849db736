#include "engine/backtest/execute.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "engine/backtest/portfolio_run.hpp"
#include "engine/backtest/signal_study.hpp"
#include "engine/backtest/signal_tally.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

namespace {

result::Status study_signals(const BacktestRequest& request, RunCandles& candles,
                             const StudyControl& control, BacktestRun& run) {
  auto definition = strategies::find_strategy(request.strategy);
  if (!definition) return std::move(definition).error();
  const double all = static_cast<double>(request.symbols.size());
  StudyControl of_symbol;
  of_symbol.cancel = control.cancel;
  if (control.progress) {
    of_symbol.progress = [&](double share) {
      control.progress((static_cast<double>(run.symbols.size()) + share) / all);
    };
  }
  for (std::size_t place = 0; place < request.symbols.size(); ++place) {
    if (is_cancelled(control)) return cancelled_run();
    auto series = candles.take(place, control);
    if (!series) return std::move(series).error();
    auto report = run_signal_study(**definition, request.parameters, series->view(), of_symbol);
    if (!report) return std::move(report).error();
    run.total_signals += report->trades.size();
    run.symbols.push_back({request.symbols[place], true, std::move(report).value()});
  }
  return result::success();
}

/// The symbols' rows of the history: their trades, counted as signals are. Ends early when
/// cancelled.
std::vector<SignalTally> tallies_of(const PortfolioResult& result, const StudyControl& control) {
  constexpr std::size_t trades_a_look = 1U << 14U;
  std::vector<SignalTally> tallies(result.symbols.size());
  for (std::size_t i = 0; i < result.trades.size(); ++i) {
    if (i % trades_a_look == 0 && is_cancelled(control)) break;
    const PortfolioTrade& trade = result.trades[i];
    SignalTrade counted;
    counted.index = trade.entry_bar;
    counted.exit_index = trade.exit_bar;
    counted.return_pct = trade.return_fraction * 100;
    tallies[trade.symbol].add(counted);
  }
  return tallies;
}

result::Status trade_portfolio(const BacktestRequest& request, RunCandles& candles,
                               const StudyControl& control, BacktestRun& run) {
  std::vector<market::CandleSeries> series;
  for (std::size_t place = 0; place < candles.symbols().size(); ++place) {
    if (is_cancelled(control)) return cancelled_run();
    auto loaded = candles.take(place, control);
    if (!loaded) return std::move(loaded).error();
    series.push_back(std::move(loaded).value());
  }
  std::vector<market::CandleView> views;
  for (const auto& each : series) views.push_back(each.view());
  auto traded = run_portfolio(*request.portfolio, views, control);
  if (!traded) return std::move(traded).error();
  const PortfolioResult& result = traded->report.result;
  run.total_signals = result.trades.size();
  const auto tallies = tallies_of(result, control);
  if (is_cancelled(control)) return cancelled_run();
  const auto& there = candles.symbols();
  for (const market::Symbol& symbol : request.symbols) {
    const auto found = std::find(there.begin(), there.end(), symbol);
    SymbolResult row{symbol, found != there.end(), {}};
    if (row.is_active) {
      const auto place = static_cast<std::size_t>(found - there.begin());
      row.report.candles = series[place].size();
      row.report.statistics = tallies[place].statistics();
    }
    run.symbols.push_back(std::move(row));
  }
  run.portfolio = std::make_shared<const PortfolioRun>(std::move(traded).value());
  return result::success();
}

}  // namespace

result::Result<BacktestRun> execute(const BacktestRequest& request, RunCandles& candles,
                                    const StudyControl& control) {
  BacktestRun run = describe(request);
  auto done = request.portfolio ? trade_portfolio(request, candles, control, run)
                                : study_signals(request, candles, control, run);
  if (!done) return std::move(done).error();
  auto fingerprint = candles.fingerprint(control);
  if (!fingerprint) return std::move(fingerprint).error();
  run.fingerprint = std::move(fingerprint).value();
  return run;
}

result::Result<BacktestRun> execute(const BacktestRequest& request, const LoadCandles& load,
                                    const StudyControl& control) {
  RunCandles candles(request, load);
  return execute(request, candles, control);
}

std::string make_run_id(std::uint64_t high, std::uint64_t low) {
  high = (high & 0xffffffffffff0fffU) | 0x4000U;            // version 4
  low = (low & 0x3fffffffffffffffU) | 0x8000000000000000U;  // RFC 9562 variant
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32U), static_cast<unsigned>((high >> 16U) & 0xffffU),
                static_cast<unsigned>(high & 0xffffU), static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xffffffffffffU));
  return text.data();
}

}  // namespace hts::backtest
