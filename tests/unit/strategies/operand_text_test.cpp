#include "engine/strategies/operand_text.hpp"

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::strategies {
namespace {

TEST(OperandText, says_the_indicator_all_its_parameters_and_its_output) {
  EXPECT_EQ(operand_text("sma", {{"period", std::int64_t{10}}}), "sma(period=10, source=close)");
  EXPECT_EQ(operand_text("macd", {{"slow", std::int64_t{30}}}, "signal"),
            "macd(fast=12, slow=30, signal=9, source=close).signal");
  const auto& bollinger = **indicators::find_indicator("bollinger");
  EXPECT_EQ(operand_text(bollinger, indicators::resolve(bollinger, {}).value(), 2),
            "bollinger(period=20, deviations=2, source=close).lower");
}

TEST(OperandText, says_what_it_does_not_know_as_it_was_given) {
  EXPECT_EQ(operand_text("zone", {{"bins", std::int64_t{20}}}), "zone(bins=20)");
  EXPECT_EQ(operand_text("sma", {{"source", std::string{"body"}}}), "sma(source=body)");
}

TEST(OperandText, of_rules_has_a_name_for_each_thing_compared) {
  const auto rules = parse_rules(R"({"entry": {"and": [
      {"left": "close", "operator": ">", "right": {"indicator": "sma", "params": {"period": 5}}},
      {"left": {"price": "close", "shift": 1}, "operator": "<",
       "right": {"indicator": "donchian", "output": "lower", "shift": 1}}]}})");
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(operand_texts(*rules), (std::vector<std::string>{"close", "sma(period=5, source=close)",
                                                             "donchian(period=20).lower"}));
}

TEST(Operands, name_each_number_that_a_built_in_strategy_looks_at) {
  const auto candles = market::make_synthetic_candles(
      {}, time::from_milliseconds(1'577'836'800'000), market::Timeframe::minute(), 300, 3);
  for (const auto* definition : builtin_strategies()) {
    if (definition->name == "buy_and_hold") continue;
    std::vector<NamedValue> given;
    if (definition->name == "rules") {
      given = {{"rules", std::string{R"({"entry": {"left": "close", "operator": "cross_above",
                                                   "right": {"indicator": "sma"}}})"}}};
    }
    const auto parameters = resolve_for(*definition, given).value();
    ASSERT_TRUE(definition->operands) << definition->name;
    const auto names = definition->operands(parameters);
    auto strategy = definition->make(parameters);
    std::vector<double> looked_at;
    for (std::size_t i = 0; i < candles.size(); ++i) {
      Context context;
      EXPECT_FALSE(context.is_watched());
      context.watch(looked_at);
      strategy.on_candle(candles[i], context);
    }
    EXPECT_EQ(looked_at.size(), names.size()) << definition->name;
    for (const auto& name : names) EXPECT_EQ(name.find("=)"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace hts::strategies
