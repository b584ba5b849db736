#include "engine/backtest/sweep/search_space.hpp"

#include <gtest/gtest.h>

#include "sample_definition.hpp"

namespace hts::backtest {
namespace {

result::Result<SearchSpace> parsed(const std::vector<std::string>& texts) {
  return SearchSpace::parse(made::two_windows(), texts);
}

std::string text_of(const SearchSpace& space, std::uint64_t number) {
  std::string text;
  for (const auto& [name, value] : space.at(number)) {
    text += name + "=" + parameters::to_text(value) + " ";
  }
  return text;
}

TEST(SearchSpace, the_last_parameter_changes_fastest) {
  const auto space = parsed({"fast=5:10:5", "share=0.5", "slow=20,50,100"});
  ASSERT_TRUE(space);
  EXPECT_EQ(space->combinations(), 6U);
  EXPECT_EQ(text_of(*space, 0), "fast=5 share=0.5 slow=20 ");
  EXPECT_EQ(text_of(*space, 2), "fast=5 share=0.5 slow=100 ");
  EXPECT_EQ(text_of(*space, 3), "fast=10 share=0.5 slow=20 ");
  EXPECT_EQ(space->swept(), (std::vector<std::size_t>{0, 2}));
}

TEST(SearchSpace, a_number_tells_its_place_on_each_axis) {
  const auto space = parsed({"fast=5:10:5", "share=0.5", "slow=20,50,100"});
  ASSERT_TRUE(space);
  for (std::uint64_t number = 0; number < 6; ++number) {
    EXPECT_EQ(space->place_on(0, number), number / 3);
    EXPECT_EQ(space->place_on(1, number), 0U);
    EXPECT_EQ(space->place_on(2, number), number % 3);
  }
}

TEST(SearchSpace, without_parameters_it_is_the_defaults) {
  const auto space = parsed({});
  ASSERT_TRUE(space);
  EXPECT_EQ(space->combinations(), 1U);
  EXPECT_TRUE(space->at(0).empty());
}

TEST(SearchSpace, a_parameter_twice_is_refused) {
  const auto space = parsed({"fast=5", "fast=6"});
  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().field, "params.fast");
}

TEST(SearchSpace, more_combinations_than_numbers_are_refused) {
  strategies::StrategyDefinition definition;
  for (const char* name : {"a", "b", "c"}) {
    definition.schema.push_back({name, 1.0, 0, 1e9, false, "", ""});
  }
  const std::vector<std::string> texts = {"a=0:1000000000", "b=0:1000000000", "c=0:1000000000"};
  const auto space = SearchSpace::parse(definition, texts);
  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().code, result::ErrorCode::too_large);
}

}  // namespace
}  // namespace hts::backtest
