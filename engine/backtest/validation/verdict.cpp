#include "engine/backtest/validation/verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/sweep/return_periods.hpp"
#include "engine/backtest/sweep/statistics_of.hpp"

namespace hts::backtest {
namespace {

/// 0.618 as "61.8 %".
std::string percent(double fraction) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), fraction * 100,
                                 std::chars_format::fixed, 1)
                       .ptr;
  return std::string{text.data(), end} + " %";
}

std::string overfitting_sentence(const Overfitting& overfitting) {
  std::string text = "Probability of overfitting " + percent(overfitting.probability) +
                     ": so often the best of " + std::to_string(overfitting.trials) +
                     " trials on one half of the time was no better than the median on the other. ";
  if (overfitting.probability >= 0.5) {
    return text + "The choice is worth no more than a coin's: do not trade the winner.";
  }
  if (overfitting.probability >= 0.1) return text + "Below 10 % is good; this is doubtful.";
  return text + "Below 10 % is good.";
}

std::string deflated_sentence(double deflated, std::uint64_t trials) {
  if (std::isnan(deflated)) {
    return "Deflated Sharpe unknown: the winner's equity does not move enough to have a Sharpe "
           "ratio.";
  }
  return "Deflated Sharpe " + percent(deflated) +
         ": the probability that the winner's true Sharpe ratio is above 0, given that it is the "
         "best of " +
         std::to_string(trials) + " trials. " +
         (deflated >= 0.95 ? "95 % is the usual bar, and it is met."
                           : "95 % is the usual bar: this may well be luck.");
}

/// As many blocks as the periods allow, two periods a block at least.
std::size_t blocks_for(std::size_t periods) {
  return std::min(default_overfitting_blocks, periods / 4 * 2);
}

result::Status judge_overfitting(const TrialResults& results, const Workers& workers,
                                 const StudyControl& control, Verdict& verdict) {
  const auto& samples = results.sampled_returns;
  const std::size_t blocks = samples.empty() ? 0 : blocks_for(samples.front().size());
  if (samples.size() < 2 || blocks < 2) {
    verdict.sentences.emplace_back(
        "Probability of overfitting unknown: it takes at least 2 trials and a longer time.");
    return result::success();
  }
  auto overfitting = estimate_overfitting(samples, blocks, workers, control);
  if (!overfitting) return std::move(overfitting).error();
  verdict.sentences.push_back(overfitting_sentence(*overfitting));
  verdict.overfitting = std::move(overfitting).value();
  return result::success();
}

}  // namespace

result::Result<Verdict> judge_winner(const SweepRequest& request, const TrialResults& results,
                                     std::span<const market::CandleView> candles,
                                     const VerdictOptions& options, const Workers& workers,
                                     const StudyControl& control) {
  Verdict verdict;
  auto parameters = strategies::resolve_for(*request.plan.slots.front().definition,
                                            request.space.at(results.best.front().number));
  if (!parameters) return std::move(parameters).error();
  verdict.parameters = std::move(parameters).value();
  const auto plan = plan_with(request.plan, verdict.parameters);

  StudyControl quiet;
  quiet.cancel = control.cancel;
  auto simulated = simulate(plan, candles, {}, quiet);
  if (!simulated) return std::move(simulated).error();
  verdict.result = std::move(simulated).value();
  verdict.statistics = statistics_of(plan.settings, verdict.result, verdict.result.time, candles);

  std::vector<double> returns;
  append_period_returns(verdict.result.equity, return_period_ends(verdict.result.time), returns);
  verdict.moments = return_moments(returns);
  verdict.probabilistic_sharpe = probabilistic_sharpe(verdict.moments);
  verdict.expected_best_sharpe =
      expected_best_sharpe(static_cast<std::size_t>(results.evaluated), results.sharpe_variance);
  verdict.deflated_sharpe = deflated_sharpe(
      verdict.moments, static_cast<std::size_t>(results.evaluated), results.sharpe_variance);
  verdict.sentences.push_back(deflated_sentence(verdict.deflated_sharpe, results.evaluated));

  if (auto judged = judge_overfitting(results, workers, quiet, verdict); !judged) {
    return std::move(judged).error();
  }
  if (options.check_bias) {
    auto bias = check_bias(plan, candles, options.bias, workers, quiet);
    if (bias) {
      verdict.sentences.push_back(sentence_of(*bias));
      verdict.bias = std::move(bias).value();
    } else if (bias.error().code == result::ErrorCode::invalid) {
      verdict.sentences.push_back(bias.error().message);
    } else {
      return std::move(bias).error();
    }
  }
  if (control.progress) control.progress(1);
  return verdict;
}

}  // namespace hts::backtest
