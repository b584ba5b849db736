#include "engine/backtest/statistics/overfitting.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

/// Sum and sum of squares of each trial's returns, less the trial's mean, over some periods.
struct Moments {
  explicit Moments(std::size_t trials) : sum(trials), squares(trials) {}

  std::vector<double> sum;
  std::vector<double> squares;
  std::size_t periods = 0;
};

Moments block_moments(std::span<const std::vector<double>> trials, const std::vector<double>& means,
                      std::size_t begin, std::size_t end) {
  Moments moments(trials.size());
  moments.periods = end - begin;
  for (std::size_t trial = 0; trial < trials.size(); ++trial) {
    for (std::size_t i = begin; i < end; ++i) {
      const double apart = trials[trial][i] - means[trial];
      moments.sum[trial] += apart;
      moments.squares[trial] += apart * apart;
    }
  }
  return moments;
}

void add(const Moments& a, const Moments& b, Moments& sum) {
  sum.periods = a.periods + b.periods;
  for (std::size_t i = 0; i < sum.sum.size(); ++i) {
    sum.sum[i] = a.sum[i] + b.sum[i];
    sum.squares[i] = a.squares[i] + b.squares[i];
  }
}

void subtract(const Moments& a, const Moments& b, Moments& difference) {
  difference.periods = a.periods - b.periods;
  for (std::size_t i = 0; i < difference.sum.size(); ++i) {
    difference.sum[i] = a.sum[i] - b.sum[i];
    difference.squares[i] = a.squares[i] - b.squares[i];
  }
}

/// Visits every choice of half of the blocks, in lexicographic order.
class Choices {
 public:
  Choices(std::span<const std::vector<double>> trials, std::size_t blocks,
          const StudyControl& control)
      : trials_(trials.size()),
        means_(trials.size()),
        noise_(trials.size()),
        total_(trials.size()),
        other_(trials.size()),
        own_sharpe_(trials.size()),
        other_sharpe_(trials.size()),
        control_(control) {
    const std::size_t periods = trials.front().size();
    for (std::size_t i = 0; i < trials_; ++i) {
      means_[i] =
          std::accumulate(trials[i].begin(), trials[i].end(), 0.0) / static_cast<double>(periods);
    }
    for (std::size_t block = 0; block < blocks; ++block) {
      blocks_.push_back(
          block_moments(trials, means_, periods * block / blocks, periods * (block + 1) / blocks));
      add(total_, blocks_.back(), total_);
    }
    // What rounding leaves of the squares of a trial that does not move within a half.
    for (std::size_t i = 0; i < trials_; ++i) noise_[i] = total_.squares[i] * 1e-13;
    chosen_.assign(blocks / 2 + 1, Moments(trials_));
    count_ = 1;
    for (std::size_t i = 1; i <= blocks / 2; ++i) count_ = count_ * (blocks / 2 + i) / i;
    answer_.logits.reserve(count_);
  }

  /// False when cancelled.
  bool run() {
    if (control_.progress) control_.progress(0);
    return choose(0, 0);
  }

  Overfitting answer() {
    const double count = static_cast<double>(count_);
    const auto low = std::count_if(answer_.logits.begin(), answer_.logits.end(),
                                   [](double l) { return l <= 0; });
    answer_.probability = static_cast<double>(low) / count;
    answer_.loss_probability = static_cast<double>(losses_) / count;
    const double mean_own = sum_own_ / count;
    const double mean_other = sum_other_ / count;
    const double spread = sum_own_square_ - count * mean_own * mean_own;
    answer_.degradation_slope = spread > 1e-13 * sum_own_square_
                                    ? (sum_product_ - count * mean_own * mean_other) / spread
                                    : undefined;
    answer_.degradation_intercept = mean_other - answer_.degradation_slope * mean_own;
    answer_.trials = trials_;
    answer_.periods = total_.periods;
    answer_.blocks = blocks_.size();
    return std::move(answer_);
  }

 private:
  bool choose(std::size_t depth, std::size_t first) {
    const std::size_t half = blocks_.size() / 2;
    if (depth == half) return look();
    for (std::size_t block = first; block + (half - depth) <= blocks_.size(); ++block) {
      add(chosen_[depth], blocks_[block], chosen_[depth + 1]);
      if (!choose(depth + 1, block + 1)) return false;
    }
    return true;
  }

  bool look() {
    const Moments& own = chosen_.back();
    subtract(total_, own, other_);
    sharpes(own, own_sharpe_);
    sharpes(other_, other_sharpe_);
    const auto best = std::max_element(own_sharpe_.begin(), own_sharpe_.end());
    add_winner(*best, other_sharpe_[static_cast<std::size_t>(best - own_sharpe_.begin())]);
    const std::size_t done = answer_.logits.size();
    constexpr std::size_t stride = 128;
    if (done % stride == 0 || done == count_) {
      if (control_.progress) {
        control_.progress(static_cast<double>(done) / static_cast<double>(count_));
      }
    }
    return control_.cancel == nullptr || !control_.cancel->load(std::memory_order_relaxed);
  }

  void sharpes(const Moments& moments, std::vector<double>& sharpe) const {
    const double count = static_cast<double>(moments.periods);
    for (std::size_t i = 0; i < trials_; ++i) {
      const double apart = moments.sum[i] / count;
      const double squares = moments.squares[i] - apart * moments.sum[i];
      const double ratio = (means_[i] + apart) / std::sqrt(squares / (count - 1));
      sharpe[i] = squares > noise_[i] ? ratio : 0.0;
    }
  }

  void add_winner(double own, double other) {
    std::size_t below = 0;
    std::size_t equal = 0;
    for (const double sharpe : other_sharpe_) {
      below += sharpe < other ? 1 : 0;
      equal += sharpe == other ? 1 : 0;
    }
    // Equals share the middle of their ranks.
    const double rank = static_cast<double>(2 * below + equal + 1) / 2;
    const double beyond = static_cast<double>(trials_) + 1 - rank;
    answer_.logits.push_back(std::log(rank / beyond));
    losses_ += other < 0 ? 1 : 0;
    sum_own_ += own;
    sum_other_ += other;
    sum_own_square_ += own * own;
    sum_product_ += own * other;
  }

  std::size_t trials_;
  std::vector<double> means_;
  std::vector<double> noise_;  ///< sums of squares up to here are none
  std::vector<Moments> blocks_;
  std::vector<Moments> chosen_;  ///< [depth]: sums over the blocks chosen so far
  Moments total_;
  Moments other_;
  std::vector<double> own_sharpe_;
  std::vector<double> other_sharpe_;
  const StudyControl& control_;
  std::size_t count_ = 0;
  std::size_t losses_ = 0;
  double sum_own_ = 0;
  double sum_other_ = 0;
  double sum_own_square_ = 0;
  double sum_product_ = 0;
  Overfitting answer_;
};

}  // namespace

result::Result<Overfitting> estimate_overfitting(std::span<const std::vector<double>> trials,
                                                 std::size_t blocks, const StudyControl& control) {
  using result::ErrorCode;
  constexpr std::size_t most_blocks = 20;
  if (blocks < 2 || blocks > most_blocks || blocks % 2 != 0) {
    return result::make_error(ErrorCode::invalid,
                              "The probability of overfitting takes an even number of blocks from "
                              "2 to 20, not " +
                                  std::to_string(blocks) + ".",
                              "blocks");
  }
  if (trials.size() < 2) {
    return result::make_error(ErrorCode::invalid,
                              "The probability of overfitting compares trials: give two or more.",
                              "trials");
  }
  const std::size_t periods = trials.front().size();
  for (const auto& returns : trials) {
    if (returns.size() == periods) continue;
    return result::make_error(ErrorCode::invalid,
                              "Trials have " + std::to_string(periods) + " and " +
                                  std::to_string(returns.size()) +
                                  " returns: give those of the same periods for all.",
                              "trials");
  }
  if (periods < 2 * blocks) {
    return result::make_error(ErrorCode::invalid,
                              "The probability of overfitting needs two periods a block, " +
                                  std::to_string(2 * blocks) + " in all, and there are " +
                                  std::to_string(periods) + ": take longer data.",
                              "trials");
  }
  Choices choices(trials, blocks, control);
  if (!choices.run()) {
    return result::make_error(ErrorCode::cancelled, "The computation was cancelled.");
  }
  return choices.answer();
}

}  // namespace hts::backtest
