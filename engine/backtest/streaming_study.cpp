#include "engine/backtest/streaming_study.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "engine/backtest/hold_period.hpp"
#include "engine/backtest/signal_tally.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::backtest {
namespace {

using result::Status;
using result::success;

/// A study between two blocks.
class BlockStudy {
 public:
  BlockStudy(const strategies::StrategyDefinition& definition, strategies::AnyStrategy strategy,
             time::TimeRange range, const StudyControl& control)
      : definition_(definition),
        strategy_(std::move(strategy)),
        hold_(hold_period(strategy_.parameters())),
        range_(range),
        control_(control) {
    show(0);
  }

  [[nodiscard]] Status take(market::CandleView block) {
    for (std::size_t done = 0; done < block.size();) {
      if (control_.cancel != nullptr && control_.cancel->load(std::memory_order_relaxed)) {
        return result::make_error(result::ErrorCode::cancelled,
                                  "The backtest was cancelled before its end; start it again for "
                                  "a result.");
      }
      const std::size_t count = std::min(strategy_.block_size(), block.size() - done);
      if (auto scanned = scan(block.slice(done, count)); !scanned) return scanned;
      done += count;
    }
    if (!block.empty()) show_time(block.open_time.back());
    return success();
  }

  [[nodiscard]] StreamedReport finish() {
    while (!open_.empty()) close_first(candles_ - 1, last_close_);
    show(1);
    return {candles_, tally_.statistics()};
  }

 private:
  struct OpenTrade {
    std::size_t index;
    double entry_price;
  };

  [[nodiscard]] Status scan(market::CandleView part) {
    signals_.clear();
    auto scanned = strategies::scan_contained(definition_, strategy_, part, candles_, signals_);
    if (!scanned) return scanned;
    for (const auto& signal : signals_) {
      if (signal.signal.side != strategies::Side::buy || signal.signal.exit_only) continue;
      open_.push_back({signal.index, part.close[signal.index - candles_]});
    }
    // Every trade is held equally long: they end in the order in which they began.
    const std::size_t end = candles_ + part.size();
    while (!open_.empty() && hold_ < end - open_.front().index) {
      const std::size_t exit = open_.front().index + hold_;
      close_first(exit, part.close[exit - candles_]);
    }
    candles_ = end;
    last_close_ = part.close.back();
    return success();
  }

  void close_first(std::size_t exit_index, double exit_price) {
    SignalTrade trade;
    trade.index = open_.front().index;
    trade.exit_index = exit_index;
    trade.return_pct = (exit_price / open_.front().entry_price - 1) * 100;
    tally_.add(trade);
    open_.pop_front();
  }

  void show(double share) const {
    if (control_.progress) control_.progress(share);
  }

  void show_time(time::Timestamp reached) {
    constexpr double step = 0.01;
    if (!control_.progress) return;
    const auto seconds = [this](time::Timestamp t) {
      return std::chrono::duration<double>(t.time_since_epoch()).count() -
             std::chrono::duration<double>(range_.begin.time_since_epoch()).count();
    };
    const double share = std::clamp(seconds(reached) / seconds(range_.end), 0.0, 1.0);
    if (share < shown_ + step || share > 1 - step) return;
    shown_ = share;
    show(share);
  }

  const strategies::StrategyDefinition& definition_;
  strategies::AnyStrategy strategy_;
  std::size_t hold_;
  time::TimeRange range_;
  const StudyControl& control_;
  std::vector<strategies::IndexedSignal> signals_;
  std::deque<OpenTrade> open_;
  SignalTally tally_;
  std::size_t candles_ = 0;
  double last_close_ = 0;
  double shown_ = 0;
};

}  // namespace

result::Result<StreamedReport> run_streaming_study(const strategies::StrategyDefinition& definition,
                                                   const strategies::Parameters& parameters,
                                                   time::TimeRange range,
                                                   const StreamCandles& stream,
                                                   const StudyControl& control) {
  auto strategy = strategies::make_contained(definition, parameters);
  if (!strategy) return std::move(strategy).error();
  strategy->obey(control.cancel);
  BlockStudy study{definition, std::move(strategy).value(), range, control};
  auto streamed = stream([&study](market::CandleView block) { return study.take(block); });
  if (!streamed) return std::move(streamed).error();
  return study.finish();
}

result::Result<BacktestRun> execute_streaming(const BacktestRequest& request,
                                              const StreamSymbol& stream,
                                              const StudyControl& control) {
  if (request.portfolio) {
    return result::make_error(result::ErrorCode::invalid,
                              "A portfolio needs all of its candles at once: ask for statistics "
                              "without signals in mode signals only.",
                              "mode");
  }
  auto definition = strategies::find_strategy(request.strategy);
  if (!definition) return std::move(definition).error();
  BacktestRun run = describe(request);
  StudyControl of_symbol;
  of_symbol.cancel = control.cancel;
  if (control.progress) {
    of_symbol.progress = [&](double share) {
      control.progress((static_cast<double>(run.symbols.size()) + share) /
                       static_cast<double>(request.symbols.size()));
    };
  }
  for (const market::Symbol& symbol : request.symbols) {
    auto streamed = run_streaming_study(
        **definition, request.parameters, request.range,
        [&](const market::TakeCandles& take) {
          return stream(symbol, request.timeframe, request.range, take);
        },
        of_symbol);
    if (!streamed) {
      result::Error error = std::move(streamed).error();
      if (error.field == "symbol") error.field = "symbols";
      return error;
    }
    run.total_signals += streamed->statistics.signals;
    SymbolResult result{symbol, true, {}};
    result.report.candles = streamed->candles;
    result.report.statistics = streamed->statistics;
    run.symbols.push_back(std::move(result));
  }
  return run;
}

}  // namespace hts::backtest
