#include "engine/backtest/sweep/trial_runner.hpp"

#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/portfolio/slot_signals.hpp"
#include "engine/backtest/portfolio/timeline.hpp"
#include "engine/backtest/statistics/sharpe_inference.hpp"
#include "engine/backtest/sweep/return_periods.hpp"
#include "engine/backtest/sweep/statistics_of.hpp"

namespace hts::backtest {

SweptMarket::SweptMarket(std::span<const market::CandleView> views, const std::atomic<bool>* cancel)
    : candles(views) {
  const Timeline timeline(views, cancel);
  time.assign(timeline.time().begin(), timeline.time().end());
  period_ends = return_period_ends(time);
}

TrialRunner::TrialRunner(const PortfolioPlan& plan, const SweptMarket& market, bool all_statistics,
                         std::shared_ptr<strategies::ColumnStore> columns,
                         const StudyControl& control)
    : plan_(plan),
      market_(&market),
      all_statistics_(all_statistics),
      columns_(std::move(columns), control.cancel),
      signals_(plan.slots.size()),
      signal_spans_(plan.slots.size()) {
  control_.cancel = control.cancel;
}

result::Result<Trial> TrialRunner::run(const strategies::Parameters& parameters,
                                       bool keep_returns) {
  for (auto& slot : plan_.slots) slot.parameters = parameters;
  if (auto checked = check_history(plan_, market_->candles); !checked) {
    return std::move(checked).error();
  }
  columns_.begin_scan();
  for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
    signals_[i].clear();
    auto scanned = scan_slot(plan_.slots[i], market_->candles[plan_.slots[i].symbol], &columns_,
                             control_, signals_[i]);
    if (!scanned) return std::move(scanned).error();
    signal_spans_[i] = signals_[i];
  }
  Detail detail;
  detail.fills = false;
  detail.excursions = false;
  detail.time = false;
  auto simulated =
      simulate_signals(plan_, market_->candles, signal_spans_, detail, control_, result_);
  if (!simulated) return std::move(simulated).error();

  Trial trial;
  trial.statistics = all_statistics_
                         ? statistics_of(plan_.settings, result_, market_->time, market_->candles)
                         : as_report(compute_sweep_statistics(
                               statistics_input(plan_.settings, result_, market_->time)));
  returns_.clear();
  append_period_returns(result_.equity, market_->period_ends, returns_);
  trial.period_sharpe = return_moments(returns_).sharpe;
  if (keep_returns) trial.period_returns = returns_;
  return trial;
}

}  // namespace hts::backtest
