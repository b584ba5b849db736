// A strategy gives the same to the last bit as a class of the program, as a plugin inside it and as
// a plugin in a process of its own.

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "bracket.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/strategies/contained.hpp"
#include "plugin_setup.hpp"
#include "rise.hpp"

namespace hts::testing {
namespace {

using plugin::Isolation;
using strategies::IndexedSignal;
using strategies::StrategyDefinition;

const market::CandleSeries& long_walk() {
  static const auto series = walk(20'000);
  return series;
}

class PluginEquality : public ::testing::TestWithParam<Isolation> {};

INSTANTIATE_TEST_SUITE_P(Both, PluginEquality,
                         ::testing::Values(Isolation::process, Isolation::none),
                         [](const auto& info) {
                           return info.param == Isolation::process ? "process" : "inside";
                         });

std::vector<IndexedSignal> signals_of(const StrategyDefinition& definition, std::size_t block) {
  auto strategy =
      definition.make(strategies::resolve_for(definition, {{"bars", std::int64_t{2}}}).value());
  std::vector<IndexedSignal> signals;
  for (std::size_t done = 0; done < long_walk().size();) {
    const std::size_t count = std::min(block, long_walk().size() - done);
    strategy.scan(long_walk().view().slice(done, count), done, signals);
    done += count;
  }
  return signals;
}

TEST_P(PluginEquality, the_description_is_that_of_the_class) {
  const auto plugin = loaded("rise", GetParam());
  const auto own = strategies::define_strategy<Rise>();
  EXPECT_EQ(plugin.name, own.name);
  EXPECT_EQ(plugin.title, own.title);
  EXPECT_EQ(plugin.help, own.help);
  EXPECT_EQ(plugin.uses_orders, own.uses_orders);
  ASSERT_EQ(plugin.schema.size(), own.schema.size());
  for (std::size_t i = 0; i < own.schema.size(); ++i) {
    EXPECT_EQ(plugin.schema[i].name, own.schema[i].name);
    EXPECT_EQ(plugin.schema[i].default_value, own.schema[i].default_value);
    EXPECT_EQ(plugin.schema[i].range_text(), own.schema[i].range_text());
    EXPECT_EQ(plugin.schema[i].unit, own.schema[i].unit);
    EXPECT_EQ(plugin.schema[i].help, own.schema[i].help);
  }
  EXPECT_EQ(plugin.origin, plugin_file("rise").string());
  EXPECT_TRUE(plugin.fingerprint.starts_with("sha256:"));
  EXPECT_EQ(plugin.fingerprint.size(), 7U + 64U);
}

TEST_P(PluginEquality, signals_are_those_of_the_class_whatever_the_blocks) {
  const auto expected = signals_of(strategies::define_strategy<Rise>(), long_walk().size());
  ASSERT_GT(expected.size(), 1'000U);
  const auto plugin = loaded("rise", GetParam());
  for (const std::size_t block : {std::size_t{1'000'000}, std::size_t{64}, std::size_t{997}}) {
    EXPECT_EQ(signals_of(plugin, block), expected) << block;
  }
}

TEST_P(PluginEquality, candle_by_candle_is_the_same_as_in_one_scan) {
  const auto plugin = loaded("rise", GetParam());
  const auto expected = signals_of(plugin, long_walk().size());
  auto strategy = plugin.make(strategies::resolve_for(plugin, {{"bars", std::int64_t{2}}}).value());
  std::vector<IndexedSignal> signals;
  for (std::size_t i = 0; i < 2'000; ++i) {
    if (const auto signal = strategy.on_candle(long_walk()[i])) signals.push_back({i, *signal});
  }
  ASSERT_FALSE(signals.empty());
  EXPECT_TRUE(std::equal(signals.begin(), signals.end(), expected.begin()));
}

TEST_P(PluginEquality, check_and_warm_up_are_those_of_the_class) {
  const auto plugin = loaded("rise", GetParam());
  const auto refused = strategies::resolve_for(plugin, {{"note", std::string{"forbidden"}}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("note must not be forbidden"), std::string::npos);
  const auto parameters = strategies::resolve_for(plugin, {{"bars", std::int64_t{17}}});
  ASSERT_TRUE(parameters);
  EXPECT_EQ(plugin.warm_up(*parameters), 17U);
}

TEST_P(PluginEquality, a_snapshot_goes_on_in_the_class_and_back) {
  const auto plugin = loaded("rise", GetParam());
  const auto own = strategies::define_strategy<Rise>();
  const auto parameters = strategies::resolve_for(own, {}).value();
  std::vector<IndexedSignal> expected;
  auto whole = own.make(parameters);
  whole.scan(long_walk().view(), 0, expected);

  auto first = plugin.make(parameters);
  std::vector<IndexedSignal> signals;
  first.scan(long_walk().view().slice(0, 5'000), 0, signals);
  auto second = own.make(parameters);
  ASSERT_TRUE(second.restore(first.snapshot()));
  second.scan(long_walk().view().slice(5'000, 5'000), 5'000, signals);
  auto third = plugin.make(parameters);
  ASSERT_TRUE(third.restore(second.snapshot()));
  third.scan(long_walk().view().slice(10'000, 10'000), 10'000, signals);
  EXPECT_EQ(signals, expected);
}

TEST_P(PluginEquality, a_snapshot_that_it_refuses_is_a_sentence) {
  const auto plugin = loaded("rise", GetParam());
  auto strategy = plugin.make(strategies::resolve_for(plugin, {}).value());
  auto snapshot = strategy.snapshot();
  snapshot.numbers.push_back(1);
  const auto restored = strategy.restore(snapshot);
  ASSERT_FALSE(restored);
  EXPECT_NE(restored.error().message.find("two numbers are due"), std::string::npos);
}

TEST_P(PluginEquality, orders_of_its_own_trade_as_those_of_the_class) {
  const auto plugin = loaded("bracket", GetParam());
  const auto own = strategies::define_strategy<Bracket>();
  ASSERT_TRUE(plugin.uses_orders);
  const auto simulated = [](const StrategyDefinition& definition) {
    backtest::PortfolioPlan plan;
    plan.symbols = {market::Symbol::parse("BTC_KRW").value()};
    plan.slots = {{0, &definition, strategies::resolve_for(definition, {}).value()}};
    const std::vector<market::CandleView> views = {long_walk().view().slice(0, 3'000)};
    return backtest::simulate(plan, views).value();
  };
  const auto expected = simulated(own);
  const auto outcome = simulated(plugin);
  ASSERT_GT(expected.trades.size(), 100U);
  EXPECT_EQ(outcome.trades, expected.trades);
  EXPECT_EQ(outcome.fills, expected.fills);
  EXPECT_EQ(outcome.equity, expected.equity);
}

TEST_P(PluginEquality, several_instances_at_once_do_not_mix) {
  const auto plugin = loaded("rise", GetParam());
  const auto of_two = strategies::resolve_for(plugin, {{"bars", std::int64_t{2}}}).value();
  const auto of_four = strategies::resolve_for(plugin, {{"bars", std::int64_t{4}}}).value();
  auto first = plugin.make(of_two);
  auto second = plugin.make(of_four);
  std::vector<IndexedSignal> signals;
  std::vector<IndexedSignal> others;
  for (std::size_t done = 0; done < long_walk().size(); done += 1'000) {
    first.scan(long_walk().view().slice(done, 1'000), done, signals);
    second.scan(long_walk().view().slice(done, 1'000), done, others);
  }
  EXPECT_EQ(signals, signals_of(plugin, long_walk().size()));
  EXPECT_LT(others.size(), signals.size());
  EXPECT_FALSE(others.empty());
}

}  // namespace
}  // namespace hts::testing
