#include "adapters/cli/bias_option.hpp"

#include <cstdint>
#include <ostream>

#include "adapters/cli/progress_bar.hpp"
#include "adapters/threads/interrupt_watch.hpp"
#include "adapters/threads/worker_pool.hpp"
#include "engine/backtest/bias/check_bias.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::cli {

backtest::PortfolioPlan plan_of(const backtest::BacktestRequest& request) {
  if (request.portfolio) return request.portfolio->plan;
  backtest::PortfolioPlan plan;
  plan.symbols = request.symbols;
  // A request names a strategy that there is.
  const auto definition = strategies::find_strategy(request.strategy);
  for (std::size_t i = 0; i < plan.symbols.size(); ++i) {
    plan.slots.push_back({i, *definition, request.parameters});
  }
  return plan;
}

int check_bias_of(const backtest::BacktestRequest& request,
                  std::span<const market::CandleView> candles, bool quiet_out,
                  CommandEnvironment& environment) {
  result::Result<backtest::BiasReport> checked = backtest::BiasReport{};
  {
    ProgressBar bar(environment.err, environment.terminal);
    const threads::InterruptWatch watch(environment.interrupted);
    backtest::StudyControl control;
    control.cancel = &watch.flag();
    control.progress = [&](double share) {
      bar.show("checking for bias", static_cast<std::uint64_t>(share * 1000), 1000);
    };
    threads::WorkerPool pool;
    checked = backtest::check_bias(plan_of(request), candles, {}, pool.workers(), control);
  }
  if (!checked) return report(checked.error(), environment);
  (quiet_out ? environment.err : environment.out) << sentence_of(*checked) << "\n";
  return checked->clean() ? exit_success : exit_failed;
}

}  // namespace hts::cli
