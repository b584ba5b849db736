#include "engine/backtest/statistics/sharpe_inference.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>

#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

/// Variance of the estimated Sharpe ratio times (periods - 1).
double sharpe_spread(const ReturnMoments& moments) {
  const double sharpe = moments.sharpe;
  return 1 - moments.skewness * sharpe + (moments.kurtosis - 1) / 4 * sharpe * sharpe;
}

/// Rational approximation of the normal deviate below the median, to a relative 1.2e-9 (P. J.
/// Acklam); refined by the caller.
double rough_deviate(double probability) {
  constexpr double edge = 0.02425;
  if (probability < edge) {
    const double q = std::sqrt(-2 * std::log(probability));
    return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q -
              2.549732539343734) *
                 q +
             4.374664141464968) *
                q +
            2.938163982698783) /
           ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q +
             3.754408661907416) *
                q +
            1);
  }
  const double q = probability - 0.5;
  const double r = q * q;
  return (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
            1.383577518672690e+02) *
               r -
           3.066479806614716e+01) *
              r +
          2.506628277459239) *
         q /
         (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
            6.680131188771972e+01) *
               r -
           1.328068155288572e+01) *
              r +
          1);
}

/// `2.4`, for sentences.
std::string one_decimal(double value) {
  const auto tenths = static_cast<std::int64_t>(std::llround(value * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

ReturnMoments return_moments(std::span<const double> returns, double risk_free) {
  ReturnMoments moments;
  moments.periods = returns.size();
  if (returns.size() < 2) {
    moments.mean = moments.deviation = moments.sharpe = moments.skewness = moments.kurtosis =
        undefined;
    return moments;
  }
  const double count = static_cast<double>(returns.size());
  double sum = 0;
  for (const double change : returns) sum += change;
  moments.mean = sum / count;
  double second = 0;
  double third = 0;
  double fourth = 0;
  for (const double change : returns) {
    const double apart = change - moments.mean;
    const double square = apart * apart;
    second += square;
    third += square * apart;
    fourth += square * square;
  }
  moments.deviation = std::sqrt(second / (count - 1));
  if (!(second > 0)) {
    moments.sharpe = moments.skewness = moments.kurtosis = undefined;
    return moments;
  }
  const double variance = second / count;
  moments.sharpe = (moments.mean - risk_free) / moments.deviation;
  moments.skewness = third / count / (variance * std::sqrt(variance));
  moments.kurtosis = fourth / count / (variance * variance);
  return moments;
}

double probabilistic_sharpe(const ReturnMoments& moments, double benchmark) {
  const double spread = sharpe_spread(moments);
  if (!(spread > 0)) return undefined;
  const double periods = static_cast<double>(moments.periods);
  return normal_probability((moments.sharpe - benchmark) * std::sqrt((periods - 1) / spread));
}

double expected_best_sharpe(std::size_t trials, double sharpe_variance) {
  if (trials < 2) return 0;
  constexpr double gamma = std::numbers::egamma;
  const double count = static_cast<double>(trials);
  // The deviate of 1 - p is that of p, mirrored; 1 - p would lose digits.
  const double first = -normal_deviate(1 / count);
  const double second = -normal_deviate(1 / (count * std::numbers::e));
  return std::sqrt(sharpe_variance) * ((1 - gamma) * first + gamma * second);
}

double deflated_sharpe(const ReturnMoments& best, std::size_t trials, double sharpe_variance) {
  return probabilistic_sharpe(best, expected_best_sharpe(trials, sharpe_variance));
}

double minimum_track_record(const ReturnMoments& moments, double benchmark, double confidence) {
  if (std::isnan(moments.sharpe)) return undefined;
  if (!(moments.sharpe > benchmark)) return HUGE_VAL;
  const double ratio = normal_deviate(confidence) / (moments.sharpe - benchmark);
  return 1 + sharpe_spread(moments) * ratio * ratio;
}

std::vector<std::string> sample_warnings(const SampleSize& sample) {
  constexpr std::size_t enough = 30;
  constexpr double confidence = 0.95;
  std::vector<std::string> warnings;
  if (sample.trades < enough) {
    warnings.push_back("Only " + std::to_string(sample.trades) +
                       (sample.trades == 1 ? " trade" : " trades") +
                       ": below 30 the averages of trades say little; test on longer data.");
  }
  const ReturnMoments& moments = sample.moments;
  if (moments.periods < enough) {
    warnings.push_back("Only " + std::to_string(moments.periods) +
                       (moments.periods == 1 ? " period" : " periods") +
                       " of returns: below 30 the yearly figures say little; test on longer data.");
  }
  const double probability = probabilistic_sharpe(moments);
  if (probability < confidence) {
    std::string sentence =
        "The Sharpe ratio cannot be told from 0: the chance that the true one is "
        "above 0 is " +
        one_decimal(probability * 100) + " %, less than 95 %";
    const double needed = minimum_track_record(moments, 0, confidence);
    sentence += needed < 1e6 ? "; it would take " +
                                   std::to_string(static_cast<std::int64_t>(std::ceil(needed))) +
                                   " periods instead of " + std::to_string(moments.periods) + "."
                             : ".";
    warnings.push_back(std::move(sentence));
  }
  return warnings;
}

double normal_probability(double deviate) {
  return 0.5 * std::erfc(-deviate / std::numbers::sqrt2);
}

double normal_deviate(double probability) {
  if (probability > 0.5) return -normal_deviate(1 - probability);
  double deviate = rough_deviate(probability);
  // One step of Halley's method triples the right digits.
  const double density = std::exp(-0.5 * deviate * deviate) / std::sqrt(2 * std::numbers::pi);
  const double step = (normal_probability(deviate) - probability) / density;
  deviate -= step / (1 + 0.5 * deviate * step);
  return deviate;
}

}  // namespace hts::backtest
