#include "engine/backtest/portfolio_task.hpp"

#include <gtest/gtest.h>

#include "engine/backtest/backtest_request.hpp"

namespace hts::backtest {
namespace {

using strategies::NamedValue;

RawBacktestRequest portfolio_request() {
  RawBacktestRequest raw;
  raw.mode = "portfolio";
  raw.strategy = "sma_cross";
  raw.symbols = {"KRW-BTC", "KRW-ETH", "KRW-XRP"};
  raw.start_date = "2024-01-01";
  raw.end_date = "2024-12-31";
  return raw;
}

PortfolioTask task_of(const RawBacktestRequest& raw) {
  auto request = make_backtest_request(raw);
  EXPECT_TRUE(request.ok()) << (request ? "" : request.error().message);
  return request ? *request->portfolio : PortfolioTask{};
}

std::string field_of(const RawBacktestRequest& raw) {
  auto request = make_backtest_request(raw);
  EXPECT_FALSE(request.ok());
  if (request) return "nothing";
  EXPECT_TRUE(request.error().message.ends_with(".")) << request.error().message;
  return request.error().field;
}

TEST(PortfolioTask, every_strategy_trades_every_symbol_that_is_not_disabled) {
  auto raw = portfolio_request();
  raw.more_strategies = {"volume_long_candle"};
  raw.disabled_symbols = {"ETH_KRW"};
  const auto task = task_of(raw);
  ASSERT_EQ(task.plan.symbols.size(), 2U);
  EXPECT_EQ(task.plan.symbols[1].text(), "XRP_KRW");
  ASSERT_EQ(task.plan.slots.size(), 4U);
  EXPECT_EQ(task.plan.slots[1].definition->name, "volume_long_candle");
  EXPECT_EQ(task.plan.slots[2].symbol, 1U);
  EXPECT_EQ(make_backtest_request(raw)->strategy, "sma_cross+volume_long_candle");
}

TEST(PortfolioTask, the_most_special_parameter_holds) {
  auto raw = portfolio_request();
  raw.more_strategies = {"ema_cross"};
  raw.params = {{"ema_cross.fast", std::int64_t{7}}, {"fast", std::int64_t{6}}};
  raw.symbol_params = {{"KRW-ETH", {{"fast", std::int64_t{5}}}},
                       {"XRP_KRW", {{"sma_cross.fast", std::int64_t{4}}}}};
  const auto task = task_of(raw);
  std::vector<std::int64_t> fast;
  for (const auto& slot : task.plan.slots) fast.push_back(slot.parameters.integer("fast"));
  EXPECT_EQ(fast, (std::vector<std::int64_t>{6, 7, 5, 5, 4, 7}));
}

TEST(PortfolioTask, parameters_are_shown_once_and_where_they_differ) {
  auto raw = portfolio_request();
  raw.symbol_params = {{"KRW-ETH", {{"fast", std::int64_t{5}}}}};
  const auto request = make_backtest_request(raw);
  ASSERT_TRUE(request.ok());
  const auto& shown = request->shown_parameters;
  EXPECT_EQ(shown.front(), (NamedValue{"fast", std::int64_t{10}}));
  EXPECT_EQ(shown.back(), (NamedValue{"ETH_KRW:fast", std::int64_t{5}}));
}

TEST(PortfolioTask, the_account_is_that_of_the_options) {
  auto raw = portfolio_request();
  raw.portfolio = {{"cash", "777"}, {"lot", "KRW-ETH=0.5"}};
  const auto task = task_of(raw);
  EXPECT_EQ(task.plan.settings.cash, 777);
  EXPECT_EQ(task.plan.lots.at(1).step, 0.5);
}

TEST(PortfolioTask, each_wrong_field_is_named) {
  const auto wrong = [](const auto& change) {
    auto raw = portfolio_request();
    change(raw);
    return field_of(raw);
  };
  const std::int64_t high = 900;
  EXPECT_EQ(wrong([](auto& raw) { raw.more_strategies = {"moon"}; }), "strategy");
  EXPECT_EQ(wrong([](auto& raw) { raw.more_strategies = {"sma_cross"}; }), "strategies");
  EXPECT_EQ(wrong([&](auto& raw) { raw.params = {{"fast", high}}; }), "params.fast");
  EXPECT_EQ(wrong([&](auto& raw) { raw.params = {{"speed", high}}; }), "params.speed");
  EXPECT_EQ(wrong([&](auto& raw) { raw.params = {{"macd.fast", high}}; }), "params.macd.fast");
  EXPECT_EQ(wrong([&](auto& raw) {
              raw.more_strategies = {"volume_long_candle"};
              raw.params = {{"speed", high}};
            }),
            "params.speed");
  EXPECT_EQ(wrong([&](auto& raw) { raw.symbol_params = {{"KRW-DOGE", {{"fast", high}}}}; }),
            "symbol_params.KRW-DOGE");
  EXPECT_EQ(wrong([&](auto& raw) { raw.symbol_params = {{"KRW-ETH", {{"fast", high}}}}; }),
            "symbol_params.ETH_KRW.fast");
  EXPECT_EQ(wrong([](auto& raw) { raw.disabled_symbols = {"KRW-BTC", "KRW-DOGE"}; }),
            "disabled_symbols[1]");
  EXPECT_EQ(wrong([](auto& raw) { raw.disabled_symbols = raw.symbols; }), "disabled_symbols");
  EXPECT_EQ(wrong([](auto& raw) { raw.portfolio = {{"cash", "-1"}}; }), "portfolio.cash");
  EXPECT_EQ(wrong([](auto& raw) { raw.portfolio = {{"lot", "KRW-DOGE=1"}}; }), "portfolio.lot");
}

TEST(PortfolioTask, what_needs_an_account_is_refused_with_signals) {
  const auto wrong = [](const auto& change) {
    auto raw = portfolio_request();
    raw.mode = "signals";
    change(raw);
    return field_of(raw);
  };
  EXPECT_EQ(wrong([](auto& raw) { raw.more_strategies = {"macd"}; }), "strategies");
  EXPECT_EQ(wrong([](auto& raw) { raw.symbol_params = {{"KRW-ETH", {}}}; }), "symbol_params");
  EXPECT_EQ(wrong([](auto& raw) { raw.disabled_symbols = {"KRW-ETH"}; }), "disabled_symbols");
  EXPECT_EQ(wrong([](auto& raw) { raw.portfolio = {{"cash", "1"}}; }), "portfolio.cash");
}

}  // namespace
}  // namespace hts::backtest
