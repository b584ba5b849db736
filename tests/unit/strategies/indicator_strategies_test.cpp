// The strategies on indicators against what a loop over the indicators' columns says.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/indicators/warm_up.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "made_candles.hpp"

namespace hts::strategies {
namespace {

using Column = std::vector<double>;

market::CandleSeries candles_of(std::size_t count, std::uint64_t seed) {
  return market::make_synthetic_candles({}, time::Timestamp{}, market::Timeframe::day(), count,
                                        seed);
}

std::vector<Column> columns_of(const char* name, const std::vector<NamedValue>& params,
                               const market::CandleSeries& candles) {
  const auto& definition = **indicators::find_indicator(name);
  return indicators::compute(definition, *indicators::resolve(definition, params), candles.view());
}

bool crosses_above(const Column& line, const Column& other, std::size_t i) {
  return i > 0 && line[i - 1] < other[i - 1] && line[i] > other[i];
}
bool crosses_below(const Column& line, const Column& other, std::size_t i) {
  return i > 0 && line[i - 1] > other[i - 1] && line[i] < other[i];
}

constexpr Signal buy{Side::buy, 1, false, {}};
constexpr Signal sell{Side::sell, 1, false, {}};
constexpr Signal leave_long{Side::sell, 1, true, {}};
constexpr Signal leave_short{Side::buy, 1, true, {}};

/// Compares the strategy's signals with those of a rule for one bar.
void expect_signals(const char* strategy, const std::vector<NamedValue>& params,
                    const market::CandleSeries& candles,
                    const std::function<std::optional<Signal>(std::size_t)>& rule) {
  SCOPED_TRACE(strategy);
  const auto& definition = **find_strategy(strategy);
  auto running = definition.make(*resolve_for(definition, params));
  std::size_t count = 0;
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const auto signal = running.on_candle(candles[i]);
    ASSERT_EQ(signal, rule(i)) << "candle " << i;
    if (signal) ++count;
  }
  EXPECT_GT(count, 10U);
}

TEST(EmaCross, signals_on_strict_crosses_of_the_two_averages) {
  const auto candles = candles_of(2'000, 1);
  const auto fast = columns_of("ema", {{"period", std::int64_t{5}}}, candles)[0];
  const auto slow = columns_of("ema", {{"period", std::int64_t{17}}}, candles)[0];
  expect_signals("ema_cross", {{"fast", std::int64_t{5}}, {"slow", std::int64_t{17}}}, candles,
                 [&](std::size_t i) -> std::optional<Signal> {
                   if (crosses_above(fast, slow, i)) return buy;
                   if (crosses_below(fast, slow, i)) return sell;
                   return std::nullopt;
                 });
}

TEST(MacdCross, signals_on_strict_crosses_of_the_signal_line) {
  const auto candles = candles_of(2'000, 2);
  const auto lines = columns_of("macd", {}, candles);
  expect_signals("macd", {}, candles, [&](std::size_t i) -> std::optional<Signal> {
    if (crosses_above(lines[0], lines[1], i)) return buy;
    if (crosses_below(lines[0], lines[1], i)) return sell;
    return std::nullopt;
  });
}

TEST(RsiReversal, buys_out_of_oversold_and_sells_out_of_overbought) {
  const auto candles = candles_of(2'000, 3);
  const auto rsi = columns_of("rsi", {{"period", std::int64_t{7}}}, candles)[0];
  const Column oversold(candles.size(), 35);
  const Column overbought(candles.size(), 65);
  expect_signals("rsi_reversal",
                 {{"period", std::int64_t{7}}, {"oversold", 35.0}, {"overbought", 65.0}}, candles,
                 [&](std::size_t i) -> std::optional<Signal> {
                   if (crosses_above(rsi, oversold, i)) return buy;
                   if (crosses_below(rsi, overbought, i)) return sell;
                   return std::nullopt;
                 });
}

TEST(BollingerBreakout, enters_outside_the_bands_and_leaves_at_the_middle) {
  const auto candles = candles_of(2'000, 4);
  const auto bands = columns_of("bollinger", {{"deviations", 1.5}}, candles);
  const auto& close = candles.close;
  expect_signals("bollinger_breakout", {{"deviations", 1.5}}, candles,
                 [&](std::size_t i) -> std::optional<Signal> {
                   if (crosses_above(close, bands[0], i)) return buy;
                   if (crosses_below(close, bands[2], i)) return sell;
                   if (crosses_below(close, bands[1], i)) return leave_long;
                   if (crosses_above(close, bands[1], i)) return leave_short;
                   return std::nullopt;
                 });
}

TEST(DonchianBreakout, compares_the_close_with_the_channels_before_it) {
  const auto candles = candles_of(2'000, 5);
  const auto entry = columns_of("donchian", {{"period", std::int64_t{15}}}, candles);
  const auto exit = columns_of("donchian", {{"period", std::int64_t{6}}}, candles);
  expect_signals("donchian", {{"entry", std::int64_t{15}}, {"exit", std::int64_t{6}}}, candles,
                 [&](std::size_t i) -> std::optional<Signal> {
                   if (i < 15) return std::nullopt;
                   const double close = candles.close[i];
                   if (close > entry[0][i - 1]) return buy;
                   if (close < entry[2][i - 1]) return sell;
                   if (close < exit[2][i - 1]) return leave_long;
                   if (close > exit[0][i - 1]) return leave_short;
                   return std::nullopt;
                 });
}

TEST(BuyAndHold, buys_once) {
  const auto candles = candles_of(100, 6);
  auto strategy = (*find_strategy("buy_and_hold"))->make(made::parameters("buy_and_hold"));
  EXPECT_EQ(strategy.on_candle(candles[0]), buy);
  for (std::size_t i = 1; i < candles.size(); ++i) {
    EXPECT_FALSE(strategy.on_candle(candles[i]).has_value());
  }
}

TEST(Crossing, is_strict_and_blind_to_rounding) {
  Crossing crossing;
  EXPECT_EQ(crossing.update(1, 2), Cross::none) << "no candle before";
  EXPECT_EQ(crossing.update(3, 2), Cross::above);
  EXPECT_EQ(crossing.update(2, 2), Cross::none);
  EXPECT_EQ(crossing.update(1, 2), Cross::none) << "it was equal before";
  EXPECT_EQ(crossing.update(2 + 1e-15, 2), Cross::none) << "no more than rounding";
  EXPECT_EQ(crossing.update(1, 2), Cross::none);
  EXPECT_EQ(crossing.update(indicators::no_value, 2), Cross::none);
  EXPECT_EQ(crossing.update(3, 2), Cross::none) << "it had no value before";
  EXPECT_EQ(crossing.update(1, 2), Cross::below);
}

TEST(Crossing, averages_do_not_cross_in_a_flat_market) {
  for (const char* name :
       {"sma_cross", "ema_cross", "macd", "bollinger_breakout", "rsi_reversal"}) {
    auto strategy = (*find_strategy(name))->make(made::parameters(name));
    for (int i = 0; i < 500; ++i) {
      EXPECT_FALSE(strategy.on_candle(made::flat(0.1, 1)).has_value()) << name << " at " << i;
    }
  }
}

TEST(BuiltinStrategies, a_snapshot_restored_at_any_bar_goes_on_with_the_same_signals) {
  const auto candles = candles_of(260, 7);
  for (const auto* definition : builtin_strategies()) {
    SCOPED_TRACE(definition->name);
    const auto parameters = resolve(definition->schema, {});
    ASSERT_TRUE(parameters.ok());
    auto whole = definition->make(*parameters);
    std::vector<std::optional<Signal>> expected;
    for (std::size_t i = 0; i < candles.size(); ++i) {
      expected.push_back(whole.on_candle(candles[i]));
    }
    auto running = definition->make(*parameters);
    for (std::size_t cut = 0; cut < candles.size(); ++cut) {
      if (cut % 13 == 0) {
        auto resumed = definition->make(*parameters);
        ASSERT_TRUE(resumed.restore(running.snapshot()).ok());
        for (std::size_t i = cut; i < candles.size(); ++i) {
          ASSERT_EQ(resumed.on_candle(candles[i]), expected[i]) << "from " << cut << " at " << i;
        }
      }
      running.on_candle(candles[cut]);
    }
  }
}

TEST(BuiltinStrategies, refuse_lengths_and_levels_out_of_order) {
  const auto field = [](const char* name, const std::vector<NamedValue>& params) {
    const auto resolved = resolve_for(**find_strategy(name), params);
    return resolved ? std::string{} : resolved.error().field;
  };
  EXPECT_EQ(field("ema_cross", {{"fast", std::int64_t{26}}}), "params.fast");
  EXPECT_EQ(field("macd", {{"slow", std::int64_t{12}}}), "params.fast");
  EXPECT_EQ(field("rsi_reversal", {{"oversold", 70.0}}), "params.oversold");
  EXPECT_EQ(field("donchian", {{"exit", std::int64_t{21}}}), "params.exit");
  EXPECT_EQ(field("donchian", {{"exit", std::int64_t{20}}}), "");
}

TEST(BuiltinStrategies, give_no_signal_before_their_warm_up) {
  const auto candles = candles_of(400, 8);
  for (const auto* definition : builtin_strategies()) {
    if (!definition->warm_up) continue;
    const auto parameters = resolve(definition->schema, {});
    const std::size_t warm_up = definition->warm_up(*parameters);
    auto strategy = definition->make(*parameters);
    for (std::size_t i = 0; i < warm_up; ++i) {
      EXPECT_FALSE(strategy.on_candle(candles[i]).has_value()) << definition->name << " at " << i;
    }
  }
}

}  // namespace
}  // namespace hts::strategies
