#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// How much a Sharpe ratio says. Here it is mean / deviation of the returns of a period, not
/// annualised: it is not the report's `sharpe_ratio` divided by anything. Formulas: Bailey and
/// Lopez de Prado, "The Sharpe Ratio Efficient Frontier" (2012) and "The Deflated Sharpe Ratio"
/// (2014).
namespace hts::backtest {

/// Of returns a period (fractions).
struct ReturnMoments {
  std::size_t periods = 0;
  double mean = 0;
  double deviation = 0;  ///< with count - 1
  double sharpe = 0;     ///< (mean - risk free) / deviation; NaN without deviation
  double skewness = 0;
  double kurtosis = 0;  ///< 3 for a normal distribution
};

/// `risk_free` is a fraction a period. NaN with fewer than two returns. O(n).
[[nodiscard]] ReturnMoments return_moments(std::span<const double> returns, double risk_free = 0);

/// Probability (0..1) that the true Sharpe ratio exceeds `benchmark` (a period). NaN when the
/// Sharpe ratio is.
[[nodiscard]] double probabilistic_sharpe(const ReturnMoments& moments, double benchmark = 0);

/// The highest Sharpe ratio to expect of so many trials without any skill, whose Sharpe ratios (a
/// period) have this variance. 0 for fewer than two trials.
[[nodiscard]] double expected_best_sharpe(std::size_t trials, double sharpe_variance);

/// Probability (0..1) that the best of `trials` has a true Sharpe ratio above 0, given that it was
/// chosen for its Sharpe ratio.
[[nodiscard]] double deflated_sharpe(const ReturnMoments& best, std::size_t trials,
                                     double sharpe_variance);

/// Periods that a track record with these moments needs before its Sharpe ratio exceeds
/// `benchmark` with `confidence` (0..1). Infinite when it does not exceed it at all.
[[nodiscard]] double minimum_track_record(const ReturnMoments& moments, double benchmark = 0,
                                          double confidence = 0.95);

struct SampleSize {
  std::size_t trades = 0;
  ReturnMoments moments;
};
/// A sentence for each reason not to trust a report: fewer than 30 trades, fewer than 30 periods, a
/// Sharpe ratio that 95 % confidence does not tell from 0.
[[nodiscard]] std::vector<std::string> sample_warnings(const SampleSize& sample);

/// Of the standard normal distribution.
[[nodiscard]] double normal_probability(double deviate);
/// Its inverse, to a relative 1e-14. Requires 0 < probability < 1.
[[nodiscard]] double normal_deviate(double probability);

}  // namespace hts::backtest
