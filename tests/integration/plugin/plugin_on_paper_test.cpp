// Plugins that give orders of their own in the account of a paper session.

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/paper/paper_account.hpp"
#include "engine/paper/strategy_snapshot.hpp"
#include "plugin_setup.hpp"

namespace hts::testing {
namespace {

using plugin::Isolation;
using strategies::StrategyDefinition;

constexpr std::size_t minutes = 1'500;

/// Under a name of its own, for as long as the program runs.
const StrategyDefinition& known(StrategyDefinition definition, const std::string& name) {
  definition.name = name;
  EXPECT_TRUE(strategies::register_strategy(std::move(definition)));
  return **strategies::find_strategy(name);
}

struct OnPaper {
  market::CandleSeries candles = walk(minutes);
  paper::LivePlan plan;
  std::unique_ptr<paper::PaperAccount> account;
  std::vector<backtest::Fill> fills;

  OnPaper() { plan.symbols = {*market::Symbol::parse("BTC_KRW")}; }
  void add(const StrategyDefinition& definition,
           const std::vector<parameters::NamedValue>& given = {}) {
    paper::LiveSlot& slot = plan.slots.emplace_back();
    slot.strategy = definition.name;
    slot.parameters = *strategies::resolve_for(definition, given);
  }
  void begin() {
    account = std::move(paper::PaperAccount::make(plan)).value();
    for (paper::SlotId i = 0; i < plan.slots.size(); ++i) {
      const auto& definition = **strategies::find_strategy(plan.slots[i].strategy);
      paper::WarmStrategy warm;
      warm.strategy.emplace(definition.make(plan.slots[i].parameters));
      EXPECT_TRUE(paper::check_snapshot(definition, warm));
      account->take_strategy(i, std::move(warm));
    }
  }
  void restart() {
    const std::string bytes = account->snapshot();
    account = std::move(paper::PaperAccount::make(plan)).value();
    ASSERT_TRUE(account->restore(bytes));
  }
  void step(std::size_t number) {
    const market::Candle candle = candles[number];
    const std::vector<backtest::SteppedCandle> market = {{0, candle}};
    std::vector<paper::PaperAccount::Asked> asked;
    for (paper::SlotId i = 0; i < plan.slots.size(); ++i) asked.push_back({i, candle});
    auto outcome = account->step(candle.open_time, market, {}, asked);
    std::ranges::move(outcome.fills, std::back_inserter(fills));
  }
  /// What a backtest of one of its strategies does, but for what it closes at the end.
  [[nodiscard]] std::vector<backtest::Fill> simulated(const StrategyDefinition& definition) const {
    backtest::PortfolioPlan alone;
    alone.symbols = plan.symbols;
    alone.slots = {{0, &definition, *strategies::resolve_for(definition, {})}};
    const std::vector<market::CandleView> views = {candles.view()};
    auto expected = backtest::simulate(alone, views).value().fills;
    std::erase_if(expected, [](const auto& fill) {
      return fill.reason == backtest::ExitReason::end_of_data;
    });
    return expected;
  }
};

class PluginOnPaper : public ::testing::TestWithParam<Isolation> {};

INSTANTIATE_TEST_SUITE_P(Both, PluginOnPaper,
                         ::testing::Values(Isolation::process, Isolation::none),
                         [](const auto& info) {
                           return info.param == Isolation::process ? "process" : "inside";
                         });

TEST_P(PluginOnPaper, trades_with_the_bits_of_a_backtest_over_restarts_too) {
  const auto& bracket =
      known(loaded("bracket", GetParam()),
            GetParam() == Isolation::process ? "bracket_in_a_process" : "bracket_inside");
  OnPaper paper;
  paper.add(bracket);
  paper.begin();
  for (std::size_t i = 0; i < minutes; ++i) {
    paper.step(i);
    if (i % 97 == 96) paper.restart();
  }
  const auto expected = paper.simulated(bracket);
  ASSERT_GT(expected.size(), 100U);
  EXPECT_EQ(paper.fills, expected);
}

TEST(PluginsOnPaper, one_that_loops_or_dies_fails_and_the_others_go_on) {
  const auto& broken = known(loaded_with_budget("misbehaving_orders"), "broken_on_paper");
  const auto& bracket = known(loaded("bracket"), "bracket_beside_broken_ones");
  OnPaper paper;
  paper.add(bracket);
  for (const char* how : {"loop", "crash", "exit", "ask_for_ever", "throw", "quantity"}) {
    paper.add(broken, {{"how", std::string{how}}, {"at", std::int64_t{40}}});
  }
  paper.begin();
  for (std::size_t i = 0; i < minutes; ++i) paper.step(i);
  EXPECT_EQ(paper.fills, paper.simulated(bracket));
  for (paper::SlotId slot = 1; slot < 6; ++slot) {
    EXPECT_FALSE(paper.account->strategy_of(slot)->strategy) << slot;
    EXPECT_FALSE(paper.account->strategy_of(slot)->error.empty()) << slot;
    EXPECT_EQ(paper.account->strategy_of(slot)->candles, 41U) << slot;
  }
  EXPECT_TRUE(paper.account->strategy_of(6)->strategy) << "its order alone was refused";
}

}  // namespace
}  // namespace hts::testing
