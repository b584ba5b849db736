#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/control/workers.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// Probability of Backtest Overfitting by combinatorially symmetric cross-validation (Bailey,
/// Borwein, Lopez de Prado, Zhu 2015): the periods are cut into blocks; for every choice of half of
/// the blocks the best trial of that half is looked up in the other half. Skill stays good there,
/// luck ends anywhere.
struct Overfitting {
  double probability = 0;  ///< 0..1: share of choices whose winner is no better than the median
  /// A choice each, in a fixed order: ln(w / (1 - w)) of the winner's relative rank w in the other
  /// half. Above 0 is better than the median.
  std::vector<double> logits;
  /// Sharpe ratio (a period) of the winners in the other half as a line over that in their own.
  double degradation_slope = 0;  ///< NaN when all winners have the same Sharpe ratio
  double degradation_intercept = 0;
  double loss_probability = 0;  ///< 0..1: share of winners with a Sharpe ratio below 0 there
  std::size_t trials = 0;
  std::size_t periods = 0;
  std::size_t blocks = 0;
};

inline constexpr std::size_t default_overfitting_blocks = 16;

/// `trials[i]` are the returns of trial i, one a period, all equally many and of the same periods.
/// A trial that never moves has a Sharpe ratio of 0. The periods that the blocks cannot share
/// evenly make some of them one longer. The answer does not depend on the number of workers. Time:
/// trials * C(blocks, blocks / 2), 0.05 ms a trial at 16 blocks on one worker; memory: blocks *
/// trials numbers a worker, and the logits.
/// Errors: invalid (fewer than two trials; lengths that differ; fewer than two periods a block;
/// blocks odd, below 2 or above 20), cancelled.
[[nodiscard]] result::Result<Overfitting> estimate_overfitting(
    std::span<const std::vector<double>> trials, std::size_t blocks = default_overfitting_blocks,
    const Workers& workers = one_worker(), const StudyControl& control = {});

}  // namespace hts::backtest
