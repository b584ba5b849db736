#include "engine/backtest/sweep/sweep_stretch.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/sweep/search_walk.hpp"
#include "engine/backtest/sweep/trial_runner.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::size_t combinations_at_once = 256;

bool is_cancelled(const StudyControl& control) {
  return control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed);
}
result::Error cancelled() {
  return make_error(ErrorCode::cancelled,
                    "The sweep was cancelled before its end; start it again for a result.");
}
result::Error foreign_stretches() {
  return make_error(ErrorCode::invalid,
                    "The parts of the sweep are not those of this request: start it again.",
                    "parts");
}

const strategies::StrategyDefinition& definition_of(const SweepRequest& request) {
  return *request.plan.slots.front().definition;
}

/// One runner, and what it needs.
class OneRunner {
 public:
  OneRunner(const SweepRequest& request, std::span<const market::CandleView> candles,
            const StudyControl& control)
      : market_(candles, control.cancel),
        runner_(request.plan, market_, !request.trials.objective.statistic().quick,
                std::make_shared<strategies::ColumnStore>(column_bytes), control) {}

  result::Result<Trial> run(const strategies::Parameters& parameters, bool keep_returns) {
    return runner_.run(parameters, keep_returns);
  }

 private:
  SweptMarket market_;
  TrialRunner runner_;
};

}  // namespace

result::Result<std::vector<SweepStretch>> cut_sweep(const SweepRequest& request, std::size_t most,
                                                    std::uint64_t fewest,
                                                    const StudyControl& control) {
  SearchWalk walk(request.space, definition_of(request), request.trials.sample);
  if (walk.wanted() > unconfirmed_trials && !request.trials.confirmed) {
    return make_error(ErrorCode::too_large,
                      "These parameters have more than a million combinations; take wider steps, "
                      "or try a random sample.",
                      "param");
  }
  const std::uint64_t parts = std::max<std::uint64_t>(most, 1);
  const std::uint64_t size =
      std::max({(walk.wanted() + parts - 1) / parts, fewest, std::uint64_t{1}});
  std::vector<SweepStretch> stretches;
  std::vector<Combination> combinations;
  SweepStretch stretch;
  while (!walk.at_end()) {
    if (is_cancelled(control)) return cancelled();
    combinations.clear();
    const auto left = static_cast<std::size_t>(size - stretch.combinations);
    walk.take(std::min(left, combinations_at_once), combinations);
    stretch.combinations += combinations.size();
    if (stretch.combinations < size && !walk.at_end()) continue;
    if (stretch.combinations > 0) stretches.push_back(stretch);
    stretch = {walk.seen(), 0};
  }
  return stretches;
}

result::Result<TriedStretch> try_stretch(const SweepRequest& request, const SweepStretch& stretch,
                                         std::span<const market::CandleView> candles,
                                         const StudyControl& control) {
  if (auto checked = check_settings(request.plan.settings); !checked) {
    return std::move(checked).error();
  }
  SearchWalk walk(request.space, definition_of(request), request.trials.sample);
  walk.start_at(stretch.begin);
  OneRunner runner(request, candles, control);
  TriedStretch done;
  std::vector<Combination> combinations;
  const auto wanted = static_cast<std::size_t>(stretch.combinations);
  while (done.tried.size() < wanted && !walk.at_end()) {
    combinations.clear();
    walk.take(std::min(wanted - done.tried.size(), combinations_at_once), combinations);
    if (is_cancelled(control)) return cancelled();
    for (const Combination& combination : combinations) {
      auto trial = runner.run(combination.parameters, false);
      if (is_cancelled(control)) return cancelled();
      if (trial) {
        done.tried.push_back(
            {request.trials.objective.value(trial->statistics), trial->period_sharpe, false});
        continue;
      }
      const result::Error& error = trial.error();
      if (error.code != ErrorCode::invalid || error.field == "strategy") return error;
      if (done.first_refusal.empty()) done.first_refusal = error.message;
      done.tried.push_back({0, 0, true});
    }
    if (control.progress) {
      control.progress(static_cast<double>(done.tried.size()) / static_cast<double>(wanted));
    }
  }
  if (done.tried.size() != wanted) return foreign_stretches();
  return done;
}

result::Result<TrialResults> join_stretches(const SweepRequest& request,
                                            std::span<const TriedStretch> stretches,
                                            std::span<const market::CandleView> candles,
                                            const StudyControl& control) {
  std::optional<OneRunner> runner;
  const auto try_again = [&](const strategies::Parameters& parameters, bool keep_returns) {
    if (!runner) runner.emplace(request, candles, control);
    return runner->run(parameters, keep_returns);
  };
  std::size_t stretch = 0;
  std::size_t place = 0;
  // One worker is given the combinations in the order of the walk.
  const auto look_up = [&](const Combination& combination, std::size_t,
                           bool keep_returns) -> result::Result<Trial> {
    while (stretch < stretches.size() && place == stretches[stretch].tried.size()) {
      ++stretch;
      place = 0;
    }
    if (stretch == stretches.size()) {
      result::Error error = foreign_stretches();
      error.code = ErrorCode::internal;
      return error;
    }
    const TriedCombination& tried = stretches[stretch].tried[place++];
    if (tried.refused) {
      return make_error(ErrorCode::invalid, stretches[stretch].first_refusal, "params");
    }
    if (keep_returns) return try_again(combination.parameters, true);
    Trial trial;
    trial.period_sharpe = tried.period_sharpe;
    trial.value = tried.value;
    return trial;
  };
  auto results = run_trials(definition_of(request), request.space, request.trials, look_up,
                            one_worker(), control, {});
  if (!results) return results;
  for (TrialRow& row : results->best) {
    auto parameters = strategies::resolve_for(definition_of(request), request.space.at(row.number));
    if (!parameters) return std::move(parameters).error();
    auto trial = try_again(*parameters, false);
    if (!trial) return std::move(trial).error();
    row.statistics = trial->statistics;
  }
  return results;
}

}  // namespace hts::backtest
