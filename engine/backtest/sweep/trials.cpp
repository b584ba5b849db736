#include "engine/backtest/sweep/trials.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "engine/backtest/control/first_place.hpp"
#include "engine/backtest/sweep/mixed_bits.hpp"
#include "engine/backtest/sweep/trial_order.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;

/// The workers wait for each other at the end of a round, so the rounds grow. Each as long as all
/// before it, so that no more trials of one are sampled: as many as there are samples, about.
constexpr std::uint64_t shortest_round = 256;
constexpr std::uint64_t longest_round = 2048;

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

bool is_refusal(const result::Error& error) {
  return error.code == ErrorCode::invalid && error.field != "strategy";
}

/// Mean and variance by Welford's recurrence: steady, and in the order of the walk.
struct Spread {
  std::uint64_t count = 0;
  double mean = 0;
  double squares = 0;

  void add(double value) {
    if (!(value - value == 0)) return;
    ++count;
    const double away = value - mean;
    mean += away / static_cast<double>(count);
    squares += away * (value - mean);
  }
  [[nodiscard]] double variance() const {
    return count < 2 ? 0 : squares / static_cast<double>(count - 1);
  }
};

class Search {
 public:
  Search(const strategies::StrategyDefinition& definition, const SearchSpace& space,
         const TrialOptions& options, const StudyControl& control)
      : options_(options), control_(control), walk_(space, definition, options.sample) {
    results_.combinations = space.combinations();
  }

  result::Result<TrialResults> run(const TryCombination& try_combination, const Workers& workers,
                                   const RowSink& sink) {
    if (walk_.wanted() > unconfirmed_trials && !options_.confirmed) {
      return make_error(
          ErrorCode::too_large,
          "These parameters have " + grouped(walk_.wanted()) +
              " combinations; take wider steps, try a random sample (--random 10000), or confirm "
              "with --yes that all shall be tried.",
          "param");
    }
    report(0);
    while (!walk_.at_end()) {
      if (is_cancelled()) return cancelled();
      combinations_.clear();
      const double before = walk_.share_seen();
      walk_.take(std::clamp(tried_, shortest_round, longest_round), combinations_);
      if (combinations_.empty()) continue;
      try_round(try_combination, workers, before, walk_.share_seen());
      if (is_cancelled()) return cancelled();
      if (auto taken = take_round(sink); !taken) return std::move(taken).error();
    }
    return finish();
  }

 private:
  [[nodiscard]] bool is_cancelled() const {
    return control_.cancel != nullptr && control_.cancel->load(std::memory_order_relaxed);
  }
  static result::Error cancelled() {
    return make_error(ErrorCode::cancelled,
                      "The sweep was cancelled before its end; start it again for a result.");
  }
  void report(double share) {
    if (!control_.progress || (share < next_report_ && share < 1)) return;
    control_.progress(share);
    next_report_ = share + 0.01;
  }

  void try_round(const TryCombination& try_combination, const Workers& workers, double before,
                 double after) {
    trials_.assign(combinations_.size(), make_error(ErrorCode::cancelled, {}));
    std::atomic<std::size_t> done{0};
    FirstPlace failure;
    const auto tasks = static_cast<double>(combinations_.size());
    const TrialOrder order(combinations_.size(), workers.count);
    workers.run(combinations_.size(), [&](std::size_t turn, std::size_t worker) {
      const std::size_t task = order[turn];
      if (is_cancelled() || failure.is_before(task)) return;
      trials_[task] = try_combination(combinations_[task], worker, is_sampled(task));
      if (!trials_[task] && !is_refusal(trials_[task].error())) failure.note(task);
      const auto finished = static_cast<double>(done.fetch_add(1) + 1);
      if (worker == 0) report(std::min(before + (after - before) * finished / tasks, 0.999));
    });
  }

  /// Whether the trial of this place in the round can be among the sampled ones, those with the
  /// smallest hashes. A stride would keep step with the parameters.
  [[nodiscard]] bool is_sampled(std::size_t task) const {
    return samples_.size() < most_samples() || mixed_bits(tried_ + task) < samples_.back().rank;
  }
  [[nodiscard]] std::size_t most_samples() const {
    return std::max<std::size_t>(options_.sampled_trials, 2);
  }

  result::Status take_round(const RowSink& sink) {
    rows_.clear();
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      if (trials_[i]) continue;
      // A trial that another's failure has stopped comes after it or is no failure itself.
      const auto& error = trials_[i].error();
      if (!is_refusal(error) && error.code != ErrorCode::cancelled) return error;
    }
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      if (!trials_[i]) {
        if (results_.refused++ == 0) results_.first_refusal = trials_[i].error().message;
        continue;
      }
      Trial& trial = *trials_[i];
      if (!trial.period_returns.empty()) {
        samples_.push_back({mixed_bits(tried_ + i), std::move(trial.period_returns)});
      }
      spread_.add(trial.period_sharpe);
      rows_.push_back({combinations_[i].number, trial.statistics,
                       trial.value ? *trial.value : options_.objective.value(trial.statistics)});
      keep_if_best(rows_.back());
    }
    results_.evaluated += rows_.size();
    tried_ += trials_.size();
    thin_samples();
    return sink && !rows_.empty() ? sink(rows_) : result::success();
  }

  void keep_if_best(const TrialRow& row) {
    const auto comes_first = [this](const TrialRow& a, const TrialRow& b) {
      if (options_.objective.better(a.value, b.value)) return true;
      return !options_.objective.better(b.value, a.value) && a.number < b.number;
    };
    auto& best = results_.best;
    if (best.size() == options_.keep && (best.empty() || !comes_first(row, best.back()))) return;
    best.insert(std::upper_bound(best.begin(), best.end(), row, comes_first), row);
    if (best.size() > options_.keep) best.pop_back();
  }

  void thin_samples() {
    std::sort(samples_.begin(), samples_.end(),
              [](const Sample& a, const Sample& b) { return a.rank < b.rank; });
    if (samples_.size() > most_samples()) samples_.resize(most_samples());
  }

  result::Result<TrialResults> finish() {
    if (results_.refused == 0) results_.first_refusal = walk_.first_refusal();
    results_.refused += walk_.refused();
    if (results_.evaluated == 0) {
      return make_error(ErrorCode::invalid,
                        "Not one of the " + grouped(results_.refused) +
                            " combinations can be tried. The first: " + results_.first_refusal,
                        "param");
    }
    results_.sharpe_count = spread_.count;
    results_.sharpe_mean = spread_.mean;
    results_.sharpe_variance = spread_.variance();
    for (auto& sample : samples_) results_.sampled_returns.push_back(std::move(sample.returns));
    report(1);
    return std::move(results_);
  }

  struct Sample {
    std::uint64_t rank = 0;
    std::vector<double> returns;
  };

  const TrialOptions& options_;
  const StudyControl& control_;
  SearchWalk walk_;
  TrialResults results_;
  Spread spread_;
  std::vector<Sample> samples_;
  std::uint64_t tried_ = 0;
  double next_report_ = 0;
  std::vector<Combination> combinations_;
  std::vector<result::Result<Trial>> trials_;
  std::vector<TrialRow> rows_;
};

}  // namespace

result::Result<TrialResults> run_trials(const strategies::StrategyDefinition& definition,
                                        const SearchSpace& space, const TrialOptions& options,
                                        const TryCombination& try_combination,
                                        const Workers& workers, const StudyControl& control,
                                        const RowSink& sink) {
  return Search{definition, space, options, control}.run(try_combination, workers, sink);
}

}  // namespace hts::backtest
