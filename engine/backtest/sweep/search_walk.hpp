#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/backtest/sweep/search_space.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

/// Take this many combinations at random instead of all.
struct RandomSample {
  std::uint64_t count = 0;
  std::uint64_t seed = 1;
};

struct Combination {
  std::uint64_t number = 0;           ///< in the search space
  strategies::Parameters parameters;  ///< resolved and checked
};

/// Goes through a search space: all combinations by number, or a random sample without repetition.
/// Combinations that the strategy's own check refuses (fast above slow) are passed over and
/// counted; a sample draws others in their place. The random order is a permutation computed from
/// the seed (a Feistel network), so it needs no memory and is the same everywhere. The space and
/// the definition must outlive it; one thread.
class SearchWalk {
 public:
  SearchWalk(const SearchSpace& space, const strategies::StrategyDefinition& definition,
             std::optional<RandomSample> sample);

  /// Appends up to `most` combinations; looks at no more than a few thousand, so that a caller can
  /// be stopped in between. Nothing appended does not mean the end: `at_end` does.
  void take(std::size_t most, std::vector<Combination>& combinations);
  [[nodiscard]] bool at_end() const noexcept { return seen_ == total_ || taken_ == wanted_; }

  /// Goes on from a place that a walk of the same space and sample has been at (`seen`); what lies
  /// before counts nothing here.
  void start_at(std::uint64_t seen) noexcept { seen_ = std::min(seen, total_); }
  /// Places of the walk that it has looked at.
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }

  /// How many it will look at, at most.
  [[nodiscard]] std::uint64_t wanted() const noexcept { return wanted_; }
  /// The share of the way done, 0..1.
  [[nodiscard]] double share_seen() const noexcept;
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  /// Why the first refused one was refused; empty without any.
  [[nodiscard]] const std::string& first_refusal() const noexcept { return first_refusal_; }

 private:
  [[nodiscard]] std::uint64_t permuted(std::uint64_t index) const;

  const SearchSpace* space_;
  const strategies::StrategyDefinition* definition_;
  std::optional<std::uint64_t> seed_;
  std::uint64_t total_;
  std::uint64_t wanted_;
  std::uint64_t seen_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t refused_ = 0;
  unsigned half_bits_ = 1;  ///< the permutation is of 2^(2 * half_bits_) numbers
  std::string first_refusal_;
};

}  // namespace hts::backtest
