#include "adapters/json/parameters_json.hpp"

#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

using parameters::NamedValue;

TEST(ParametersJson, types_and_order_survive) {
  const std::vector<NamedValue> parameters = {
      {"window", std::int64_t{20}}, {"multiplier", 2.0}, {"buffer", 0.01}, {"wicks", true}};
  const std::string text = parameters_to_text(parameters);
  EXPECT_EQ(text, R"({"window":20,"multiplier":2.0,"buffer":0.01,"wicks":true})");
  EXPECT_EQ(*parse_parameters(*parse_json(text)), parameters);
}

TEST(ParametersJson, only_an_object_without_nulls_is_taken) {
  const auto list = parse_parameters(*parse_json("[1]"));
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().field, "params");
  EXPECT_EQ(list.error().code, result::ErrorCode::invalid);
  const auto text = parse_parameters(*parse_json(R"({"window":null})"));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().field, "params.window");
}

TEST(ParametersJson, texts_come_as_they_are_and_structures_as_their_text) {
  const auto read = parse_parameters(*parse_json(R"({"a":"x","rules":{"entry": [1, 2.5]}})"));
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)[0].second, parameters::ParameterValue{std::string{"x"}});
  EXPECT_EQ((*read)[1].second, parameters::ParameterValue{std::string{R"({"entry":[1,2.5]})"}});
}

}  // namespace
}  // namespace hts::json
