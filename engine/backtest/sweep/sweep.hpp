#pragma once

#include <span>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/control/workers.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/sweep/search_space.hpp"
#include "engine/backtest/sweep/trials.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// One portfolio simulation for each combination of parameters.
struct SweepRequest {
  /// Every slot runs the same strategy and gets the parameters of the combination; so several
  /// symbols are one portfolio, not a mean of single ones.
  PortfolioPlan plan;
  SearchSpace space;
  TrialOptions trials;
};

/// Simulates all combinations on these candles, `candles[i]` being those of `plan.symbols[i]`,
/// sound and oldest first. Only the statistics of a sweep are computed, all of them when the
/// objective is another one; the numbers are those of a single backtest to the last bit. What
/// combinations have in common (averages of the same length) is computed once and kept within
/// `column_bytes`.
/// Errors: those of `run_trials` and of `simulate`; a combination whose warm-up is longer than the
/// data is refused and counted.
[[nodiscard]] result::Result<TrialResults> run_sweep(const SweepRequest& request,
                                                     std::span<const market::CandleView> candles,
                                                     const Workers& workers,
                                                     const StudyControl& control = {},
                                                     const RowSink& sink = {});

inline constexpr std::size_t column_bytes = std::size_t{64} << 20U;

/// The plan with a combination's values in each slot. Requires values that are valid for the slots'
/// strategy.
[[nodiscard]] PortfolioPlan plan_with(const PortfolioPlan& plan,
                                      const strategies::Parameters& parameters);

}  // namespace hts::backtest
