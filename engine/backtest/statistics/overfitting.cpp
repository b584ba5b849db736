#include "engine/backtest/statistics/overfitting.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
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

/// Each trial's Sharpe ratio (a period) in one half.
struct Sharpes {
  explicit Sharpes(std::size_t trials) : ratio(trials) {}

  std::vector<double> ratio;  ///< over the square root of `per_period`
  double per_period = 0;
};

/// What one choice came to: of the best trial in the chosen half.
struct Winner {
  double own = 0;    ///< Sharpe ratio there
  double other = 0;  ///< and in the other half
  double logit = 0;
};

/// The trials' returns, cut into blocks.
class BlockSums {
 public:
  BlockSums(std::span<const std::vector<double>> trials, std::size_t blocks)
      : means_(trials.size()), noise_(trials.size()), total_(trials.size()) {
    const std::size_t periods = trials.front().size();
    for (std::size_t i = 0; i < trials.size(); ++i) {
      means_[i] =
          std::accumulate(trials[i].begin(), trials[i].end(), 0.0) / static_cast<double>(periods);
    }
    for (std::size_t block = 0; block < blocks; ++block) {
      blocks_.push_back(
          block_moments(trials, means_, periods * block / blocks, periods * (block + 1) / blocks));
      add(total_, blocks_.back(), total_);
    }
    // What rounding leaves of the squares of a trial that does not move within a half.
    for (std::size_t i = 0; i < noise_.size(); ++i) noise_[i] = total_.squares[i] * 1e-13;
  }

  [[nodiscard]] std::size_t size() const noexcept { return blocks_.size(); }
  [[nodiscard]] const Moments& operator[](std::size_t block) const { return blocks_[block]; }
  [[nodiscard]] const Moments& total() const noexcept { return total_; }

  void sharpes(const Moments& moments, Sharpes& sharpes) const {
    const double count = static_cast<double>(moments.periods);
    const double share = 1 / count;
    const double* sum = moments.sum.data();
    const double* sum_of_squares = moments.squares.data();
    const double* mean = means_.data();
    const double* noise = noise_.data();
    double* ratio = sharpes.ratio.data();
    const std::size_t trials = means_.size();
    for (std::size_t i = 0; i < trials; ++i) {
      const double apart = sum[i] * share;
      const double squares = sum_of_squares[i] - apart * sum[i];
      // Divides by infinity what does not move, since a branch could not be vectorised.
      const double spread = squares > noise[i] ? squares : std::numeric_limits<double>::infinity();
      ratio[i] = (mean[i] + apart) / std::sqrt(spread);
    }
    sharpes.per_period = std::sqrt(count - 1);
  }

 private:
  std::vector<double> means_;
  std::vector<double> noise_;  ///< sums of squares up to here are none
  std::vector<Moments> blocks_;
  Moments total_;
};

/// One worker's place among the choices of half of the blocks that hold the first block. The other
/// half of each is a choice too, the one as far from the last in lexicographic order.
class ChoiceWalk {
 public:
  explicit ChoiceWalk(const BlockSums& blocks)
      : blocks_(&blocks),
        half_(blocks.size() / 2),
        chosen_(half_),
        sums_(half_ + 1, Moments(trials())),
        rest_(trials()),
        own_(trials()),
        other_(trials()) {}

  /// To the choice of this number, in lexicographic order. O(blocks) beside the sums.
  void start_at(std::size_t number) {
    std::size_t block = 0;
    for (std::size_t place = 0; place < half_; ++place, ++block) {
      for (;; ++block) {
        const auto having = choices(blocks_->size() - block - 1, half_ - place - 1);
        if (number < having) break;
        number -= having;
      }
      chosen_[place] = block;
    }
    sum_from(0);
  }

  void step() {
    std::size_t place = half_;
    do {
      --place;
    } while (place > 0 && chosen_[place] == blocks_->size() - half_ + place);
    ++chosen_[place];
    for (std::size_t i = place + 1; i < half_; ++i) chosen_[i] = chosen_[i - 1] + 1;
    sum_from(place);
  }

  /// Of this choice and of its other half.
  void look(Winner& winner, Winner& winner_of_rest) {
    subtract(blocks_->total(), sums_.back(), rest_);
    blocks_->sharpes(sums_.back(), own_);
    blocks_->sharpes(rest_, other_);
    winner = best_of(own_, other_);
    winner_of_rest = best_of(other_, own_);
  }

  /// How many ways there are to choose so many of so many.
  static std::size_t choices(std::size_t all, std::size_t chosen) {
    std::size_t count = 1;
    for (std::size_t i = 1; i <= chosen; ++i) count = count * (all - chosen + i) / i;
    return count;
  }

 private:
  [[nodiscard]] std::size_t trials() const { return blocks_->total().sum.size(); }

  void sum_from(std::size_t place) {
    for (; place < half_; ++place) {
      add(sums_[place], (*blocks_)[chosen_[place]], sums_[place + 1]);
    }
  }

  static Winner best_of(const Sharpes& own, const Sharpes& other) {
    const auto best = static_cast<std::size_t>(
        std::max_element(own.ratio.begin(), own.ratio.end()) - own.ratio.begin());
    const double reached = other.ratio[best];
    std::size_t below = 0;
    std::size_t equal = 0;
    for (const double ratio : other.ratio) {
      below += ratio < reached ? 1 : 0;
      equal += ratio == reached ? 1 : 0;
    }
    // Equals share the middle of their ranks.
    const double rank = static_cast<double>(2 * below + equal + 1) / 2;
    const double beyond = static_cast<double>(other.ratio.size()) + 1 - rank;
    return {own.ratio[best] * own.per_period, reached * other.per_period, std::log(rank / beyond)};
  }

  const BlockSums* blocks_;
  std::size_t half_;
  std::vector<std::size_t> chosen_;  ///< blocks, ascending
  std::vector<Moments> sums_;        ///< [n]: over the first n chosen blocks
  Moments rest_;                     ///< over the blocks that are not chosen
  Sharpes own_;
  Sharpes other_;
};

/// The winner of each choice, in lexicographic order; of some only after a cancel.
std::vector<Winner> winners_of(const BlockSums& blocks, const Workers& workers,
                               const StudyControl& control) {
  const std::size_t half = blocks.size() / 2;
  const std::size_t pairs = ChoiceWalk::choices(blocks.size() - 1, half - 1);
  // The same tasks whoever does them, about a hundred, each worth the start of its sums.
  const std::size_t choices_a_task = std::max<std::size_t>(pairs / 100, 32);
  const std::size_t tasks = (pairs + choices_a_task - 1) / choices_a_task;
  std::vector<Winner> winners(2 * pairs);
  std::vector<std::unique_ptr<ChoiceWalk>> walks(workers.count);
  std::atomic<std::size_t> done{0};
  workers.run(tasks, [&](std::size_t task, std::size_t worker) {
    auto& walk = walks[worker];
    if (!walk) walk = std::make_unique<ChoiceWalk>(blocks);
    const std::size_t begin = task * choices_a_task;
    const std::size_t end = std::min(begin + choices_a_task, pairs);
    for (std::size_t number = begin; number < end; ++number) {
      if (control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed)) return;
      number == begin ? walk->start_at(number) : walk->step();
      walk->look(winners[number], winners[2 * pairs - 1 - number]);
    }
    const std::size_t finished = done.fetch_add(1) + 1;
    if (worker == 0 && control.progress && finished < tasks) {
      control.progress(static_cast<double>(finished) / static_cast<double>(tasks));
    }
  });
  return winners;
}

Overfitting summary_of(const std::vector<Winner>& winners, const BlockSums& blocks) {
  Overfitting answer;
  answer.trials = blocks.total().sum.size();
  answer.periods = blocks.total().periods;
  answer.blocks = blocks.size();
  answer.logits.reserve(winners.size());
  std::size_t low = 0;
  std::size_t losses = 0;
  double sum_own = 0;
  double sum_other = 0;
  double sum_own_square = 0;
  double sum_product = 0;
  for (const auto& [own, other, logit] : winners) {
    answer.logits.push_back(logit);
    low += logit <= 0 ? 1 : 0;
    losses += other < 0 ? 1 : 0;
    sum_own += own;
    sum_other += other;
    sum_own_square += own * own;
    sum_product += own * other;
  }
  const double count = static_cast<double>(winners.size());
  answer.probability = static_cast<double>(low) / count;
  answer.loss_probability = static_cast<double>(losses) / count;
  const double mean_own = sum_own / count;
  const double mean_other = sum_other / count;
  const double spread = sum_own_square - count * mean_own * mean_own;
  answer.degradation_slope = spread > 1e-13 * sum_own_square
                                 ? (sum_product - count * mean_own * mean_other) / spread
                                 : undefined;
  answer.degradation_intercept = mean_other - answer.degradation_slope * mean_own;
  return answer;
}

}  // namespace

result::Result<Overfitting> estimate_overfitting(std::span<const std::vector<double>> trials,
                                                 std::size_t blocks, const Workers& workers,
                                                 const StudyControl& control) {
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
  const BlockSums sums(trials, blocks);
  if (control.progress) control.progress(0);
  const auto winners = winners_of(sums, workers, control);
  if (control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed)) {
    return result::make_error(ErrorCode::cancelled, "The computation was cancelled.");
  }
  if (control.progress) control.progress(1);
  return summary_of(winners, sums);
}

}  // namespace hts::backtest
