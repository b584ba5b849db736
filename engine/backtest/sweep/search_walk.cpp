#include "engine/backtest/sweep/search_walk.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/backtest/sweep/mixed_bits.hpp"

namespace hts::backtest {
namespace {

constexpr std::size_t looks_a_call = 4096;

}  // namespace

SearchWalk::SearchWalk(const SearchSpace& space, const strategies::StrategyDefinition& definition,
                       std::optional<RandomSample> sample)
    : space_(&space),
      definition_(&definition),
      total_(space.combinations()),
      wanted_(sample ? std::min(sample->count, space.combinations()) : space.combinations()) {
  if (sample) seed_ = sample->seed;
  const auto bits = static_cast<unsigned>(std::bit_width(total_ - 1));
  half_bits_ = std::max((bits + 1) / 2, 1U);
}

double SearchWalk::share_seen() const noexcept {
  const double of_space = static_cast<double>(seen_) / static_cast<double>(total_);
  const double of_wanted =
      wanted_ == 0 ? 1 : static_cast<double>(taken_) / static_cast<double>(wanted_);
  return seed_ ? std::max(of_space, of_wanted) : of_space;
}

std::uint64_t SearchWalk::permuted(std::uint64_t index) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  // A permutation of a power of four; what falls outside the space is permuted again until it falls
  // inside, which keeps it a permutation. The power is below 16 times the space.
  do {
    std::uint64_t left = index >> half_bits_;
    std::uint64_t right = index & mask;
    for (std::uint64_t round = 0; round < 6; ++round) {
      const std::uint64_t next = left ^ (mixed_bits(right ^ mixed_bits(*seed_ + round)) & mask);
      left = right;
      right = next;
    }
    index = (left << half_bits_) | right;
  } while (index >= total_);
  return index;
}

void SearchWalk::take(std::size_t most, std::vector<Combination>& combinations) {
  std::size_t added = 0;
  for (std::size_t look = 0; look < looks_a_call && added < most && !at_end(); ++look) {
    const std::uint64_t number = seed_ ? permuted(seen_) : seen_;
    ++seen_;
    auto parameters = strategies::resolve_for(*definition_, space_->at(number));
    if (!parameters) {
      if (refused_++ == 0) first_refusal_ = parameters.error().message;
      continue;
    }
    ++taken_;
    ++added;
    combinations.push_back({number, std::move(parameters).value()});
  }
}

}  // namespace hts::backtest
