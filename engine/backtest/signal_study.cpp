#include "engine/backtest/signal_study.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/backtest/hold_period.hpp"
#include "engine/backtest/signal_tally.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::backtest {
namespace {

SignalTrade trade_of(const strategies::IndexedSignal& signal, market::CandleView candles,
                     std::size_t hold) {
  SignalTrade trade;
  trade.index = signal.index;
  trade.exit_index = signal.index + std::min(hold, candles.size() - 1 - signal.index);
  trade.time = candles.open_time[trade.index];
  trade.exit_time = candles.open_time[trade.exit_index];
  trade.entry_price = candles.close[trade.index];
  trade.exit_price = candles.close[trade.exit_index];
  trade.return_pct = (trade.exit_price / trade.entry_price - 1) * 100;
  trade.confidence = signal.signal.confidence;
  return trade;
}

/// Room for one more, guessed from the share of candles done, so that a long list is not copied and
/// paged in again and again. Never more than eight times what is there: signals come in clusters.
void make_room(std::vector<SignalTrade>& trades, std::size_t done, std::size_t candles) {
  if (trades.size() < trades.capacity()) return;
  const double share = static_cast<double>(done + 1) / static_cast<double>(candles);
  const double expected = 1.1 * static_cast<double>(trades.size()) / share;
  const std::size_t least = 2 * trades.size() + 16;
  const std::size_t most = 8 * trades.size() + 64;
  trades.reserve(expected < static_cast<double>(most)
                     ? std::max(least, static_cast<std::size_t>(expected))
                     : most);
}

}  // namespace

result::Result<SignalReport> run_signal_study(const strategies::StrategyDefinition& definition,
                                              const strategies::Parameters& parameters,
                                              market::CandleView candles,
                                              const StudyControl& control) {
  auto strategy = strategies::make_contained(definition, parameters);
  if (!strategy) return std::move(strategy).error();
  strategy->obey(control.cancel);
  const std::size_t hold = hold_period(parameters);
  const std::size_t candles_a_report = std::max<std::size_t>(candles.size() / 100, 64);

  SignalReport report;
  report.candles = candles.size();
  SignalTally tally;
  std::vector<strategies::IndexedSignal> signals;
  std::size_t next_report = 0;
  for (std::size_t done = 0; done < candles.size();) {
    if (control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed)) {
      return result::make_error(result::ErrorCode::cancelled,
                                "The backtest was cancelled before its end; start it again for a "
                                "result.");
    }
    if (control.progress && done >= next_report) {
      control.progress(static_cast<double>(done) / static_cast<double>(candles.size()));
      next_report += candles_a_report;
    }
    const std::size_t count = std::min(strategy->block_size(), candles.size() - done);
    signals.clear();
    auto scanned = strategies::scan_contained(definition, *strategy, candles, done, count, signals);
    if (!scanned) return std::move(scanned).error();
    for (const auto& signal : signals) {
      if (signal.signal.side != strategies::Side::buy || signal.signal.exit_only) continue;
      make_room(report.trades, signal.index, candles.size());
      report.trades.push_back(trade_of(signal, candles, hold));
      tally.add(report.trades.back());
    }
    done += count;
  }
  report.statistics = tally.statistics();
  if (control.progress) control.progress(1);
  return report;
}

}  // namespace hts::backtest
