#include "engine/backtest/sweep/sweep.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/sweep/trial_runner.hpp"

namespace hts::backtest {

PortfolioPlan plan_with(const PortfolioPlan& plan, const strategies::Parameters& parameters) {
  PortfolioPlan changed = plan;
  for (auto& slot : changed.slots) slot.parameters = parameters;
  return changed;
}

result::Result<TrialResults> run_sweep(const SweepRequest& request,
                                       std::span<const market::CandleView> candles,
                                       const Workers& workers, const StudyControl& control,
                                       const RowSink& sink) {
  if (auto checked = check_settings(request.plan.settings); !checked) {
    return std::move(checked).error();
  }
  const bool all_statistics = !request.trials.objective.statistic().quick;
  const SweptMarket market(candles, control.cancel);
  const auto columns = std::make_shared<strategies::ColumnStore>(column_bytes);
  // A runner is made by the thread that uses it first, so that its memory is near that thread.
  std::vector<std::unique_ptr<TrialRunner>> runners(workers.count);
  const auto try_combination = [&](const Combination& combination, std::size_t worker,
                                   bool keep_returns) {
    auto& runner = runners[worker];
    if (!runner) {
      runner =
          std::make_unique<TrialRunner>(request.plan, market, all_statistics, columns, control);
    }
    return runner->run(combination.parameters, keep_returns);
  };
  return run_trials(*request.plan.slots.front().definition, request.space, request.trials,
                    try_combination, workers, control, sink);
}

}  // namespace hts::backtest
