#include "engine/strategies/strategy_definition.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::strategies {
namespace {

using testing::HasSubstr;

TEST(BuiltinStrategies, are_found_by_name) {
  for (const auto* definition : builtin_strategies()) {
    const auto found = find_strategy(definition->name);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, definition);
  }
}

TEST(BuiltinStrategies, an_unknown_name_is_refused_and_the_known_ones_named) {
  const auto found = find_strategy("volume_long_candles");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, result::ErrorCode::invalid);
  EXPECT_EQ(found.error().field, "strategy");
  EXPECT_THAT(found.error().message, HasSubstr("\"volume_long_candles\""));
  EXPECT_THAT(found.error().message, HasSubstr("volume_long_candle, volume_zone_breakout"));
}

TEST(BuiltinStrategies, have_names_of_their_own_and_say_what_they_do) {
  std::set<std::string> names;
  for (const auto* definition : builtin_strategies()) {
    EXPECT_TRUE(names.insert(definition->name).second);
    EXPECT_FALSE(definition->title.empty());
    EXPECT_TRUE(definition->help.ends_with('.')) << definition->help;
    std::set<std::string> parameters;
    for (const auto& parameter : definition->schema) {
      EXPECT_TRUE(parameters.insert(parameter.name).second) << parameter.name;
      EXPECT_TRUE(parameter.help.ends_with('.')) << parameter.name;
    }
  }
}

TEST(BuiltinStrategies, every_default_and_every_end_of_a_range_makes_a_strategy) {
  for (const auto* definition : builtin_strategies()) {
    const auto defaults = resolve(definition->schema, {});
    ASSERT_TRUE(defaults.ok()) << defaults.error().message;
    EXPECT_EQ(definition->make(*defaults).name(), definition->name);
    for (const auto& parameter : definition->schema) {
      if (std::holds_alternative<bool>(parameter.default_value) ||
          std::holds_alternative<std::string>(parameter.default_value)) {
        continue;
      }
      if (!parameter.minimum_excluded) {
        const auto lowest = resolve(definition->schema, {{parameter.name, parameter.minimum}});
        ASSERT_TRUE(lowest.ok()) << lowest.error().message;
        EXPECT_FALSE(definition->make(*lowest).on_candle({}).has_value());
      }
      const auto highest = resolve(definition->schema, {{parameter.name, parameter.maximum}});
      ASSERT_TRUE(highest.ok()) << highest.error().message;
      EXPECT_FALSE(definition->make(*highest).on_candle({}).has_value());
    }
  }
}

TEST(BuiltinStrategies, volume_long_candle_has_the_parameters_of_the_contract) {
  const auto& schema = (*find_strategy("volume_long_candle"))->schema;
  ASSERT_EQ(schema.size(), 4U);
  EXPECT_EQ(schema[0].name + " " + to_text(schema[0].default_value) + " " + schema[0].range_text(),
            "vol_ma_window 20 [1 .. 500]");
  EXPECT_EQ(schema[1].name + " " + to_text(schema[1].default_value) + " " + schema[1].range_text(),
            "vol_multiplier 1.5 [1 .. 10]");
  EXPECT_EQ(schema[2].name + " " + to_text(schema[2].default_value) + " " + schema[2].range_text(),
            "body_pct 0.02 (0 .. 0.1]");
  EXPECT_EQ(schema[3].name + " " + to_text(schema[3].default_value) + " " + schema[3].range_text(),
            "hold_period_bars 1 [1 .. 100]");
}

TEST(BuiltinStrategies, volume_zone_breakout_has_the_parameters_of_the_contract) {
  const auto& schema = (*find_strategy("volume_zone_breakout"))->schema;
  std::string text;
  for (const auto& parameter : schema) {
    text += parameter.name + " " + to_text(parameter.default_value) + " " + parameter.range_text() +
            "\n";
  }
  EXPECT_EQ(text,
            "volume_window 60 [2 .. 500]\n"
            "top_percentile 0.2 [0.05 .. 0.5]\n"
            "breakout_buffer 0.01 [0 .. 0.05]\n"
            "hold_period_bars 1 [1 .. 100]\n"
            "num_bins 20 [5 .. 100]\n"
            "include_wicks true true or false\n");
}

TEST(StrategyRegistry, a_strategy_from_outside_is_found_after_the_builtin_ones) {
  StrategyDefinition definition;
  definition.name = "from_outside";
  definition.origin = "/strategies/outside.so";
  ASSERT_TRUE(register_strategy(definition));
  ASSERT_TRUE(find_strategy("from_outside"));
  EXPECT_EQ((*find_strategy("from_outside"))->origin, "/strategies/outside.so");
  EXPECT_EQ(all_strategies().back()->name, "from_outside");
  EXPECT_EQ(all_strategies().size(), builtin_strategies().size() + 1);
}

TEST(StrategyRegistry, a_name_that_is_taken_is_refused_with_both_files) {
  StrategyDefinition definition;
  definition.name = "volume_long_candle";
  definition.origin = "/strategies/clash.so";
  const auto builtin = register_strategy(definition);
  ASSERT_FALSE(builtin);
  EXPECT_EQ(builtin.error().code, result::ErrorCode::conflict);
  EXPECT_NE(builtin.error().message.find("/strategies/clash.so"), std::string::npos);
  definition.name = "taken_twice";
  ASSERT_TRUE(register_strategy(definition));
  definition.origin = "/strategies/second.so";
  const auto twice = register_strategy(definition);
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("/strategies/clash.so"), std::string::npos);
}

}  // namespace
}  // namespace hts::strategies
