#include "engine/backtest/portfolio_run.hpp"

#include <utility>

#include "engine/backtest/fingerprint.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/statistics/basket.hpp"

namespace hts::backtest {
namespace {

/// Progress of one part of several that take as long as each other.
StudyControl part_of(const StudyControl& whole, double part, double parts) {
  StudyControl control;
  control.cancel = whole.cancel;
  if (whole.progress) {
    control.progress = [&whole, part, parts](double share) {
      if (part + share < parts) whole.progress((part + share) / parts);
    };
  }
  return control;
}

}  // namespace

result::Result<PortfolioRun> run_portfolio(const PortfolioTask& task,
                                           std::span<const market::CandleView> candles,
                                           const StudyControl& control) {
  const double parts = task.options.both_intrabar ? 2 : 1;
  auto outcome = simulate(task.plan, candles, {}, part_of(control, 0, parts));
  if (!outcome) return std::move(outcome).error();

  PortfolioRun run;
  run.options = task.options;
  run.report = make_report(task.plan, std::move(outcome).value(), candles, control.cancel);
  if (is_cancelled(control)) return cancelled_run();
  if (task.options.both_intrabar) {
    run.optimistic = run.report.statistics;
    if (run.report.result.ambiguous_bars > 0) {
      PortfolioPlan plan = task.plan;
      plan.settings.intrabar = Intrabar::optimistic;
      auto other = simulate(plan, candles, {false, false}, part_of(control, 1, parts));
      if (!other) return std::move(other).error();
      const auto closes = basket_closes(other->time, candles, other->warm_up_bars, control.cancel);
      if (is_cancelled(control)) return cancelled_run();
      auto input = statistics_input(plan, *other, closes);
      input.cancel = control.cancel;
      run.optimistic = compute_statistics(input);
    }
  }
  if (is_cancelled(control)) return cancelled_run();
  if (control.progress) control.progress(1);
  return run;
}

}  // namespace hts::backtest
