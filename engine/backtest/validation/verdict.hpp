#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backtest/bias/check_bias.hpp"
#include "engine/backtest/control/workers.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/statistics/overfitting.hpp"
#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/backtest/statistics/sharpe_inference.hpp"
#include "engine/backtest/sweep/sweep.hpp"

/// Whether the winner of a sweep is more than the luckiest of many.
namespace hts::backtest {

struct VerdictOptions {
  bool check_bias = true;
  BiasOptions bias;
};

struct Verdict {
  strategies::Parameters parameters;  ///< the winner's
  PortfolioResult result;             ///< the winner simulated once more, with everything
  PortfolioStatistics statistics;
  ReturnMoments moments;                   ///< of the winner's period returns
  double probabilistic_sharpe = 0;         ///< 0..1
  double deflated_sharpe = 0;              ///< 0..1; NaN when the trials' Sharpe ratios say nothing
  double expected_best_sharpe = 0;         ///< a period, of as many trials without skill
  std::optional<Overfitting> overfitting;  ///< nothing with too few trials or periods
  std::optional<BiasReport> bias;
  /// What these numbers mean, a sentence each, in the order above.
  std::vector<std::string> sentences;
};

/// Judges `results.best.front()`. Periods are those of `return_period_ends`; the probability of
/// overfitting is that of the sampled trials. About 14 ms for 256 sampled trials on one worker, and
/// 17 simulations for the bias check. Errors: cancelled; those of `simulate`. Requires results of
/// this request on these candles.
[[nodiscard]] result::Result<Verdict> judge_winner(const SweepRequest& request,
                                                   const TrialResults& results,
                                                   std::span<const market::CandleView> candles,
                                                   const VerdictOptions& options = {},
                                                   const Workers& workers = one_worker(),
                                                   const StudyControl& control = {});

}  // namespace hts::backtest
