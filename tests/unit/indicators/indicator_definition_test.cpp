#include "engine/indicators/indicator_definition.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::indicators {
namespace {

using parameters::NamedValue;
using testing::HasSubstr;

result::Error error_of(const char* name, const std::vector<NamedValue>& given) {
  auto resolved = resolve(**find_indicator(name), given);
  return resolved ? result::Error{} : resolved.error();
}

TEST(IndicatorDefinition, there_are_at_least_45_each_with_its_own_name_and_help) {
  std::set<std::string> names;
  for (const auto& definition : builtin_indicators()) {
    EXPECT_TRUE(names.insert(definition.name).second) << definition.name;
    EXPECT_FALSE(definition.title.empty()) << definition.name;
    EXPECT_THAT(definition.help, testing::EndsWith(".")) << definition.name;
    EXPECT_FALSE(definition.outputs.empty()) << definition.name;
    if (definition.outputs.size() == 1) {
      EXPECT_EQ(definition.outputs.front(), "value");
    }
    EXPECT_TRUE(resolve(definition, {}).ok()) << definition.name << "'s defaults";
  }
  EXPECT_GE(names.size(), 45U);
}

TEST(IndicatorDefinition, the_groups_come_one_after_the_other) {
  std::vector<Group> groups;
  for (const auto& definition : builtin_indicators()) {
    if (groups.empty() || groups.back() != definition.group) groups.push_back(definition.group);
  }
  EXPECT_EQ(groups, (std::vector<Group>{Group::trend, Group::momentum, Group::volatility,
                                        Group::volume, Group::price}));
}

TEST(IndicatorDefinition, an_unknown_name_is_answered_with_the_nearest) {
  const auto found = find_indicator("stochastic-rsi");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().field, "indicator");
  EXPECT_THAT(found.error().message, HasSubstr("did you mean stochastic_rsi?"));
  EXPECT_THAT(find_indicator("zzzzzzzzzzzz").error().message, HasSubstr("hts indicators list"));
}

TEST(IndicatorDefinition, lengths_out_of_order_are_refused_with_their_field) {
  const auto error = error_of("macd", {{"fast", std::int64_t{26}}, {"slow", std::int64_t{26}}});
  EXPECT_EQ(error.code, result::ErrorCode::invalid);
  EXPECT_EQ(error.field, "params.fast");
  EXPECT_THAT(error.message, HasSubstr("below slow"));
  EXPECT_EQ(error_of("adosc", {{"fast", std::int64_t{12}}}).field, "params.fast");
  EXPECT_EQ(error_of("ultimate_oscillator", {{"medium", std::int64_t{28}}}).field, "params.medium");
}

TEST(IndicatorDefinition, a_source_that_no_candle_has_is_refused) {
  const auto error = error_of("sma", {{"source", std::string{"hlc3"}}});
  EXPECT_EQ(error.field, "params.source");
  EXPECT_THAT(error.message, HasSubstr("open, high, low, close, volume"));
}

TEST(IndicatorDefinition, a_period_that_has_no_meaning_is_out_of_range) {
  EXPECT_EQ(error_of("sma", {{"period", std::int64_t{0}}}).field, "params.period");
  EXPECT_EQ(error_of("rsi", {{"period", std::int64_t{1}}}).field, "params.period");
  EXPECT_EQ(error_of("sma", {{"period", std::int64_t{10'001}}}).field, "params.period");
}

TEST(IndicatorDefinition, of_no_candles_the_columns_are_empty) {
  for (const auto& definition : builtin_indicators()) {
    const auto columns = compute(definition, resolve(definition, {}).value(), {});
    ASSERT_EQ(columns.size(), definition.outputs.size());
    for (const auto& column : columns) EXPECT_TRUE(column.empty());
  }
}

}  // namespace
}  // namespace hts::indicators
