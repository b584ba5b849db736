#include "adapters/json/strategy_json.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hts::json {
namespace {

boost::json::value strategies_document() {
  std::string text;
  Writer writer(text);
  write_strategies(writer, strategies::builtin_strategies());
  return boost::json::parse(text);
}

TEST(StrategyJson, lists_every_strategy_with_its_parameters) {
  const auto document = strategies_document();
  EXPECT_EQ(document.at("count").to_number<std::size_t>(), strategies::builtin_strategies().size());
  const auto& first = document.at("strategies").at(0);
  EXPECT_EQ(first.at("name").as_string(), strategies::builtin_strategies()[0]->name);
  EXPECT_EQ(first.at("parameters").as_array().size(),
            strategies::builtin_strategies()[0]->schema.size());
}

TEST(StrategyJson, bounds_have_the_parameters_type_and_are_null_for_flags_and_texts) {
  const auto document = strategies_document();
  for (const auto& strategy : document.at("strategies").as_array()) {
    for (const auto& parameter : strategy.at("parameters").as_array()) {
      const std::string type{parameter.at("type").as_string()};
      const auto& minimum = parameter.at("minimum");
      EXPECT_EQ(minimum.is_null(), type == "bool" || type == "text");
      EXPECT_EQ(minimum.is_int64(), type == "integer");
      EXPECT_EQ(minimum.is_double(), type == "number");
      EXPECT_EQ(parameter.at("default").is_bool(), type == "bool");
    }
  }
}

}  // namespace
}  // namespace hts::json
