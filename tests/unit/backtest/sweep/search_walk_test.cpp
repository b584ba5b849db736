#include "engine/backtest/sweep/search_walk.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "sample_definition.hpp"

namespace hts::backtest {
namespace {

SearchSpace space_of(const std::vector<std::string>& texts) {
  return SearchSpace::parse(made::two_windows(), texts).value();
}

std::vector<std::uint64_t> numbers_of(SearchWalk& walk) {
  std::vector<Combination> combinations;
  while (!walk.at_end()) walk.take(7, combinations);
  std::vector<std::uint64_t> numbers;
  for (const auto& combination : combinations) numbers.push_back(combination.number);
  return numbers;
}

TEST(SearchWalk, goes_through_all_in_order_and_counts_those_refused) {
  const auto space = space_of({"fast=10,30", "slow=20,40"});
  const auto definition = made::two_windows();
  SearchWalk walk{space, definition, std::nullopt};
  EXPECT_EQ(numbers_of(walk), (std::vector<std::uint64_t>{0, 1, 3}));
  EXPECT_EQ(walk.refused(), 1U);
  EXPECT_EQ(walk.first_refusal(), "fast must be below slow.");
  EXPECT_EQ(walk.share_seen(), 1);
}

TEST(SearchWalk, a_sample_of_the_whole_space_is_every_combination_once) {
  const auto definition = made::two_windows();
  for (const char* slow : {"slow=400", "slow=400:401", "slow=400:416", "slow=400:436"}) {
    const auto space = space_of({"fast=1:17", slow});
    SearchWalk walk{space, definition, RandomSample{1'000'000, 7}};
    auto numbers = numbers_of(walk);
    EXPECT_FALSE(std::is_sorted(numbers.begin(), numbers.end()));
    std::sort(numbers.begin(), numbers.end());
    ASSERT_EQ(numbers.size(), space.combinations());
    for (std::uint64_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
  }
}

TEST(SearchWalk, a_sample_draws_others_in_place_of_those_refused) {
  const auto definition = made::two_windows();
  const auto space = space_of({"fast=1:500", "slow=1:500"});
  SearchWalk walk{space, definition, RandomSample{100, 3}};
  const auto numbers = numbers_of(walk);
  EXPECT_EQ(numbers.size(), 100U);
  EXPECT_EQ(std::set<std::uint64_t>(numbers.begin(), numbers.end()).size(), 100U);
  EXPECT_GT(walk.refused(), 50U);
}

TEST(SearchWalk, a_sample_is_that_of_its_seed) {
  const auto definition = made::two_windows();
  const auto space = space_of({"fast=1:500", "slow=1:500"});
  const auto sample = [&](std::uint64_t seed) {
    SearchWalk walk{space, definition, RandomSample{20, seed}};
    return numbers_of(walk);
  };
  EXPECT_EQ(sample(1), sample(1));
  EXPECT_NE(sample(1), sample(2));
}

TEST(SearchWalk, a_sample_spreads_over_the_space) {
  strategies::StrategyDefinition definition;
  definition.schema = {{"a", 1.0, 0, 1e9, false, "", ""}, {"b", 1.0, 0, 1e9, false, "", ""}};
  const std::vector<std::string> texts = {"a=0:1000000000", "b=0:999999999"};
  const auto space = SearchSpace::parse(definition, texts).value();
  SearchWalk walk{space, definition, RandomSample{4000, 11}};
  double sum = 0;
  for (const auto number : numbers_of(walk)) {
    sum += static_cast<double>(number) / static_cast<double>(space.combinations());
  }
  EXPECT_NEAR(sum / 4000, 0.5, 0.02);
}

TEST(SearchWalk, looks_at_a_bounded_number_a_call) {
  const auto definition = made::two_windows();
  const auto space = space_of({"fast=500", "slow=1:500", "share=0:1:0.0001"});
  SearchWalk walk{space, definition, std::nullopt};
  std::vector<Combination> combinations;
  walk.take(10, combinations);
  EXPECT_TRUE(combinations.empty());
  EXPECT_FALSE(walk.at_end());
  EXPECT_LT(walk.share_seen(), 0.01);
}

}  // namespace
}  // namespace hts::backtest
