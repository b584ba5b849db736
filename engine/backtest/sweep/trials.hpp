#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/control/workers.hpp"
#include "engine/backtest/sweep/objective.hpp"
#include "engine/backtest/sweep/search_space.hpp"
#include "engine/backtest/sweep/search_walk.hpp"
#include "engine/result/result.hpp"

/// The search itself, whatever a trial is: which combinations, on which worker, who is best.
namespace hts::backtest {

/// What one combination came to.
struct Trial {
  PortfolioStatistics statistics;      ///< NaN where not computed
  double period_sharpe = 0;            ///< mean / deviation of the period returns, not annualised
  std::vector<double> period_returns;  ///< only when asked for
  /// Of the objective, when it was computed elsewhere and the statistics are not here.
  std::optional<double> value = {};
};

/// Tries a combination on a worker (which has scratch memory of its own), keeping the period
/// returns or not. An error of code invalid means that this combination cannot be tried (its
/// warm-up is longer than the data) and is counted as refused; any other, and one of field
/// `strategy` (its code failed), ends the search.
using TryCombination = std::function<result::Result<Trial>(const Combination& combination,
                                                           std::size_t worker, bool keep_returns)>;

struct TrialRow {
  std::uint64_t number = 0;  ///< of the combination in its space
  PortfolioStatistics statistics;
  double value = 0;  ///< of the objective

  friend bool operator==(const TrialRow&, const TrialRow&) = default;
};

/// Takes finished trials in the order of the walk, on the calling thread. An error ends the search.
using RowSink = std::function<result::Status(std::span<const TrialRow>)>;

struct TrialOptions {
  Objective objective;
  std::size_t keep = 10;               ///< of the best rows
  std::optional<RandomSample> sample;  ///< instead of all combinations
  bool confirmed = false;              ///< takes more trials than `unconfirmed_trials`
  std::size_t sampled_trials = 256;    ///< at most so many period returns are kept; at least 2
};

inline constexpr std::uint64_t unconfirmed_trials = 1'000'000;

struct TrialResults {
  std::uint64_t combinations = 0;  ///< in the space
  std::uint64_t evaluated = 0;
  std::uint64_t refused = 0;
  std::string first_refusal;
  std::vector<TrialRow> best;  ///< best first; equal values by number; NaN last
  /// Of the period Sharpe ratios that are numbers: what the deflated Sharpe ratio of the best
  /// needs.
  std::uint64_t sharpe_count = 0;
  double sharpe_mean = 0;
  double sharpe_variance = 0;  ///< with count - 1
  /// Period returns of a sample of the trials (of all when they are few), for the probability of
  /// overfitting. Each trial has the same chance; the choice is a hash of its place in the walk.
  std::vector<std::vector<double>> sampled_returns;
};

/// Tries all combinations, or a sample. The answer does not depend on the number of workers, nor on
/// their speed: rows are looked at in the order of the walk. Memory: a round of up to two thousand
/// rows, the best, and the sampled returns. Errors: too_large (more than `unconfirmed_trials`
/// without `confirmed`), cancelled, invalid (every combination was refused; with the first reason),
/// the sink's, a trial's.
[[nodiscard]] result::Result<TrialResults> run_trials(
    const strategies::StrategyDefinition& definition, const SearchSpace& space,
    const TrialOptions& options, const TryCombination& try_combination, const Workers& workers,
    const StudyControl& control, const RowSink& sink);

}  // namespace hts::backtest
