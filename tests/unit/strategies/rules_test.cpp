#include "engine/strategies/rules.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "made_candles.hpp"

namespace hts::strategies {
namespace {

using testing::HasSubstr;

Parameters with_rules(const std::string& text) {
  return *resolve(Rules::schema(), {{"rules", text}});
}

std::vector<IndexedSignal> signals_under(const std::string& text,
                                         const market::CandleSeries& candles) {
  EXPECT_TRUE(Rules::check(with_rules(text)).ok())
      << Rules::check(with_rules(text)).error().message;
  return made::signals_of(Rules{with_rules(text)}, candles);
}

std::vector<std::size_t> bars_of(const std::string& text, const market::CandleSeries& candles) {
  std::vector<std::size_t> bars;
  for (const auto& signal : signals_under(text, candles)) bars.push_back(signal.index);
  return bars;
}

/// Bars on which an entry of this condition buys.
std::vector<std::size_t> bars_where(const std::string& condition,
                                    const market::CandleSeries& candles) {
  return bars_of(R"({"entry": )" + condition + "}", candles);
}

market::CandleSeries closing_at(const std::vector<double>& closes) {
  market::CandleSeries candles;
  for (const double close : closes) candles.push_back(made::flat(close, 10));
  return candles;
}

market::CandleSeries untied_candles(std::size_t count, std::uint64_t seed) {
  market::SyntheticMarket market;
  market.tick = 0.001;  // averages of different lengths are never equal
  return market::make_synthetic_candles(market, time::Timestamp{}, market::Timeframe::day(), count,
                                        seed);
}

std::vector<double> line_of(const char* name, const std::vector<NamedValue>& params,
                            const market::CandleSeries& candles) {
  const auto& definition = **indicators::find_indicator(name);
  return indicators::compute(definition, *indicators::resolve(definition, params),
                             candles.view())[0];
}

using Bars = std::vector<std::size_t>;

TEST(Rules, compare_prices_and_numbers_with_every_operator) {
  const auto candles = closing_at({1, 2, 3, 2, 1});
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": ">", "right": 2})", candles), (Bars{2}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": "<", "right": 2})", candles), (Bars{0, 4}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": ">=", "right": 2})", candles),
            (Bars{1, 2, 3}));
  EXPECT_EQ(bars_where(R"({"left": 2, "operator": ">=", "right": "close"})", candles),
            (Bars{0, 1, 3, 4}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": "<=", "right": 1.5})", candles),
            (Bars{0, 4}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": "==", "right": 2})", candles),
            (Bars{1, 3}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": "cross_above", "right": 1.5})", candles),
            (Bars{1}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": "cross_below", "right": 2.5})", candles),
            (Bars{3}));
  EXPECT_EQ(bars_where(R"({"left": "volume", "operator": "==", "right": 10})", candles).size(), 5U);
}

TEST(Rules, look_back_by_shift) {
  const auto candles = closing_at({1, 2, 3, 2, 5});
  EXPECT_EQ(
      bars_where(R"({"left": "close", "operator": ">", "right": {"price": "close", "shift": 1}})",
                 candles),
      (Bars{1, 2, 4}));
  EXPECT_EQ(bars_where(R"({"left": "close", "operator": ">",
                           "right": {"indicator": "highest", "params": {"period": 2}, "shift": 1}})",
                       candles),
            (Bars{2, 4}));
}

TEST(Rules, combine_with_and_or_and_not) {
  const auto candles = closing_at({1, 2, 3, 4, 5});
  const std::string above_one = R"({"left": "close", "operator": ">", "right": 1})";
  const std::string above_four = R"({"left": "close", "operator": ">", "right": 4})";
  EXPECT_EQ(bars_where(R"({"and": [)" + above_one + R"(, {"not": )" + above_four + "}]}", candles),
            (Bars{1, 2, 3}));
  EXPECT_EQ(bars_where(R"({"or": [)" + above_four + R"(, {"not": )" + above_one + "}]}", candles),
            (Bars{0, 4}));
}

TEST(Rules, too_early_is_not_turned_into_yes_by_not) {
  const auto candles = closing_at({9, 8, 7, 6, 5});
  EXPECT_EQ(bars_where(R"({"not": {"left": "close", "operator": ">",
                                   "right": {"indicator": "sma", "params": {"period": 3}}}})",
                       candles),
            (Bars{2, 3, 4}));
  // One part decides where it can.
  EXPECT_EQ(bars_where(R"({"or": [{"left": "close", "operator": ">", "right": 8.5},
                                  {"left": "close", "operator": ">", "right": {"indicator": "sma"}}]})",
                       candles),
            (Bars{0}));
}

TEST(Rules, written_as_a_moving_average_cross_signal_like_sma_cross) {
  const auto candles = untied_candles(3'000, 4);
  const std::string fast = R"({"indicator": "sma", "params": {"period": 10}})";
  const std::string slow = R"({"indicator": "sma", "params": {"period": 20}})";
  const auto rules =
      signals_under(R"({"entry": {"left": )" + fast + R"(, "operator": "cross_above", "right": )" +
                        slow + R"(}, "short_entry": {"left": )" + fast +
                        R"(, "operator": "cross_below", "right": )" + slow + "}}",
                    candles);
  auto sma_cross = (*find_strategy("sma_cross"))->make(made::parameters("sma_cross"));
  std::vector<IndexedSignal> expected;
  sma_cross.scan(candles.view(), 0, expected);
  EXPECT_GT(expected.size(), 100U);
  EXPECT_EQ(rules, expected);
}

TEST(Rules, agree_with_a_loop_over_the_indicators) {
  const auto candles = untied_candles(1'500, 5);
  const auto rsi = line_of("rsi", {{"period", std::int64_t{7}}}, candles);
  const auto mean = line_of("sma", {{"period", std::int64_t{30}}}, candles);
  const auto width = line_of("natr", {}, candles);
  Bars expected;
  for (std::size_t i = 30; i < candles.size(); ++i) {
    const bool dip = rsi[i] < 40 && candles.close[i] > mean[i];
    const bool calm = width[i] < width[i - 3] && !(candles.volume[i] <= 80);
    if (dip || (calm && rsi[i] >= 60)) expected.push_back(i);
  }
  EXPECT_GT(expected.size(), 50U);
  const auto bars = bars_where(
      R"({"or": [
            {"and": [{"left": {"indicator": "rsi", "params": {"period": 7}}, "operator": "<", "right": 40},
                     {"left": "close", "operator": ">",
                      "right": {"indicator": "sma", "params": {"period": 30}}}]},
            {"and": [{"left": {"indicator": "natr"}, "operator": "<", "right": {"indicator": "natr", "shift": 3}},
                     {"not": {"left": "volume", "operator": "<=", "right": 80}},
                     {"left": {"indicator": "rsi", "params": {"period": 7}}, "operator": ">=", "right": 60}]}]})",
      candles);
  Bars later;
  for (const std::size_t bar : bars) {
    if (bar >= 30) later.push_back(bar);
  }
  EXPECT_EQ(later, expected);
}

TEST(Rules, take_the_conditions_of_the_screener) {
  const auto candles = untied_candles(400, 6);
  const auto rate = line_of("change_rate", {{"period", std::int64_t{7}}}, candles);
  const auto apart = line_of("ma_divergence", {{"period", std::int64_t{5}}}, candles);
  const auto amount = line_of("trade_amount", {}, candles);
  Bars expected;
  for (std::size_t i = 7; i < candles.size(); ++i) {
    if (rate[i] > 3 && apart[i] <= 2 && amount[i] >= 1e9 && candles.volume[i] < 300) {
      expected.push_back(i);
    }
  }
  EXPECT_GT(expected.size(), 5U);
  EXPECT_EQ(bars_where(R"({"and": [
      {"type": "change_rate", "operator": ">", "value": 3, "period": "1W"},
      {"type": "ma_divergence", "operator": "<=", "value": 2, "ma_periods": [5]},
      {"type": "trade_amount", "operator": ">=", "value": 1e9},
      {"type": "volume", "operator": "<", "value": 300, "period": "1D"}]})",
                       candles),
            expected);
}

TEST(Rules, an_alignment_of_averages_needs_neither_operator_nor_value) {
  const auto candles = closing_at({1, 2, 3, 4, 5, 4, 3, 2, 1});
  EXPECT_EQ(bars_where(R"({"type": "ma_alignment", "ma_periods": [1, 2, 3]})", candles),
            (Bars{2, 3, 4}));
  EXPECT_EQ(
      bars_where(
          R"({"type": "ma_alignment", "ma_periods": [1, 2, 3], "operator": "==", "value": -1})",
          candles),
      (Bars{6, 7, 8}));
}

TEST(Rules, entries_carry_the_stops_and_exits_open_nothing) {
  const auto candles = closing_at({1, 5, 9});
  const auto signals = signals_under(
      R"({"entry": {"left": "close", "operator": "==", "right": 1},
          "exit": {"left": "close", "operator": "==", "right": 5},
          "short_entry": {"left": "close", "operator": "==", "right": 9},
          "stop_loss_pct": 2, "take_profit_pct": 10.5, "trailing_stop_pct": 3})",
      candles);
  ASSERT_EQ(signals.size(), 3U);
  const trading::Protection protection{0.02, 0.105, 0.03};
  EXPECT_EQ(signals[0].signal, (Signal{Side::buy, 1, false, protection}));
  EXPECT_EQ(signals[1].signal, (Signal{Side::sell, 1, true, {}}));
  EXPECT_EQ(signals[2].signal, (Signal{Side::sell, 1, false, protection}));
}

TEST(Rules, contradictions_open_nothing_and_the_last_entry_says_which_exit) {
  const auto always = std::string{R"({"left": "close", "operator": ">", "right": 0})"};
  const auto at = [](int close) {
    return R"({"left": "close", "operator": "==", "right": )" + std::to_string(close) + "}";
  };
  const auto candles = closing_at({1, 2, 3, 2});
  EXPECT_TRUE(
      signals_under(R"({"entry": )" + always + R"(, "short_entry": )" + always + "}", candles)
          .empty());
  const auto signals =
      signals_under(R"({"entry": )" + at(1) + R"(, "short_entry": )" + at(3) + R"(, "exit": )" +
                        at(2) + R"(, "short_exit": )" + at(2) + "}",
                    candles);
  ASSERT_EQ(signals.size(), 4U);
  EXPECT_EQ(signals[1].signal, (Signal{Side::sell, 1, true, {}})) << "leaves the long position";
  EXPECT_EQ(signals[3].signal, (Signal{Side::buy, 1, true, {}})) << "leaves the short position";
}

TEST(Rules, what_is_named_twice_is_computed_once) {
  const auto rules = parse_rules(
      R"({"entry": {"left": {"indicator": "macd"}, "operator": ">", "right": {"indicator": "macd", "output": "signal"}},
          "exit": {"left": {"indicator": "macd", "params": {"fast": 12}, "shift": 2}, "operator": "<", "right": 0}})");
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  EXPECT_EQ(rules->indicators.size(), 1U);
  ASSERT_EQ(rules->lines.size(), 2U);
  EXPECT_EQ(rules->lines[0].longest_shift, 2U);
}

TEST(Rules, a_snapshot_restored_at_any_bar_goes_on_with_the_same_signals) {
  const auto candles = untied_candles(200, 7);
  const auto parameters = with_rules(
      R"({"entry": {"and": [{"left": {"indicator": "ema", "params": {"period": 3}}, "operator": "cross_above",
                             "right": {"indicator": "kama", "shift": 2}},
                            {"left": "close", "operator": ">", "right": {"price": "low", "shift": 4}}]},
          "exit": {"left": {"indicator": "aroon", "output": "up"}, "operator": "<", "right": 50}})");
  auto running = AnyStrategy::of<Rules>(parameters);
  std::vector<IndexedSignal> expected;
  AnyStrategy::of<Rules>(parameters).scan(candles.view(), 0, expected);
  ASSERT_GT(expected.size(), 10U);
  for (std::size_t cut = 0; cut < candles.size(); ++cut) {
    const auto snapshot = running.snapshot();
    for (const double number : snapshot.numbers) ASSERT_TRUE(std::isfinite(number));
    auto resumed = AnyStrategy::of<Rules>(parameters);
    ASSERT_TRUE(resumed.restore(snapshot).ok());
    std::vector<IndexedSignal> rest;
    resumed.scan(candles.view().slice(cut, candles.size() - cut), cut, rest);
    std::vector<IndexedSignal> wanted;
    for (const auto& signal : expected) {
      if (signal.index >= cut) wanted.push_back(signal);
    }
    ASSERT_EQ(rest, wanted) << cut;
    running.on_candle(candles[cut]);
  }
}

TEST(Rules, know_the_first_candle_that_can_signal) {
  const auto warm_up_of = [](const std::string& text) { return Rules::warm_up(with_rules(text)); };
  const std::string above_mean =
      R"({"left": "close", "operator": ">", "right": {"indicator": "sma", "params": {"period": 20}}})";
  EXPECT_EQ(warm_up_of(R"({"entry": )" + above_mean + "}"), 19U);
  EXPECT_EQ(
      warm_up_of(
          R"({"entry": {"left": "close", "operator": "cross_above", "right": {"indicator": "rsi", "shift": 3}}})"),
      14U + 3 + 1);
  EXPECT_EQ(warm_up_of(R"({"entry": {"or": [)" + above_mean +
                       R"(, {"left": "close", "operator": ">", "right": 3}]}})"),
            0U);
  EXPECT_EQ(warm_up_of(R"({"entry": {"not": {"or": [)" + above_mean +
                       R"(, {"left": "close", "operator": ">", "right": 3}]}}})"),
            19U);
  EXPECT_EQ(warm_up_of("{}"), 0U);
}

struct Mistake {
  const char* rules;
  const char* field;
  const char* words;
};

TEST(Rules, every_mistake_is_one_sentence_with_its_place) {
  const std::vector<Mistake> mistakes = {
      {"{}", "params.rules.entry", "need an \"entry\""},
      {"[]", "params.rules", "must be an object"},
      {"", "params.rules", "not valid JSON"},
      {R"({"entry": )", "params.rules", "line 1"},
      {R"({"entri": {}})", "params.rules.entri", "did you mean entry?"},
      {R"({"entry": 3})", "params.rules.entry", "a condition is an object"},
      {R"({"entry": {"and": []}})", "params.rules.entry.and", "at least one condition"},
      {R"({"entry": {"and": {}}})", "params.rules.entry.and", "a list"},
      {R"({"entry": {"and": [{}], "or": [{}]}})", "params.rules.entry.or", "no such key"},
      {R"({"entry": {"not": null}})", "params.rules.entry.not", "a condition is an object"},
      {R"({"entry": {"left": "close", "right": 3}})", "params.rules.entry.operator", "missing"},
      {R"({"entry": {"left": "close", "operator": "=", "right": 3}})",
       "params.rules.entry.operator", "cross_above"},
      {R"({"entry": {"left": "close", "operator": 7, "right": 3}})", "params.rules.entry.operator",
       "must be one of"},
      {R"({"entry": {"left": "clos", "operator": ">", "right": 3}})", "params.rules.entry.left",
       "open, high, low, close, volume"},
      {R"({"entry": {"left": 1, "operator": ">", "right": 3}})", "params.rules.entry",
       "two numbers"},
      {R"({"entry": {"left": true, "operator": ">", "right": 3}})", "params.rules.entry.left",
       "must be a number"},
      {R"({"entry": {"and": [{"left": "close", "operator": ">", "right": 3},
                             {"left": {"indicator": "smaa"}, "operator": ">", "right": 3}]}})",
       "params.rules.entry.and[1].left.indicator", "did you mean sma?"},
      {R"({"entry": {"left": {"params": {}}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.indicator", "name of an indicator"},
      {R"({"entry": {"left": {"indicator": "sma", "params": {"period": 0}}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.params.period", "[1 .. 10000]"},
      {R"({"entry": {"left": {"indicator": "sma", "params": {"length": 5}}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.params.length", "the parameters are period, source"},
      {R"({"entry": {"left": {"indicator": "macd", "params": {"fast": 30}}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.params.fast", "below slow"},
      {R"({"entry": {"left": {"indicator": "sma", "params": [5]}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.params", "an object"},
      {R"({"entry": {"left": {"indicator": "sma", "params": {"period": [5]}}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.params.period", "a number or a text"},
      {R"({"entry": {"left": {"indicator": "macd", "output": "line"}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.output", "macd, signal, histogram"},
      {R"({"entry": {"left": {"indicator": "sma", "shift": -1}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.shift", "0 to 500"},
      {R"({"entry": {"left": {"price": "close", "shift": 501}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.shift", "0 to 500"},
      {R"({"entry": {"left": {"price": "close", "shift": 1.5}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.shift", "whole number"},
      {R"({"entry": {"left": {"indicator": "sma", "offset": 1}, "operator": ">", "right": 3}})",
       "params.rules.entry.left.offset", "no such key"},
      {R"({"entry": {"type": "volum", "operator": ">", "value": 3}})", "params.rules.entry.type",
       "change_rate, volume"},
      {R"({"entry": {"type": "volume", "operator": ">"}})", "params.rules.entry.value", "number"},
      {R"({"entry": {"type": "volume", "value": 3}})", "params.rules.entry.operator", "operator"},
      {R"({"entry": {"type": "volume", "operator": ">", "value": 3, "period": "1Y"}})",
       "params.rules.entry.period", "1D, 1W or 1M"},
      {R"({"entry": {"type": "volume", "operator": ">", "value": 3, "period": 0}})",
       "params.rules.entry.period", "[1 .. 10000]"},
      {R"({"entry": {"type": "ma_alignment", "ma_periods": [5, 20]}})",
       "params.rules.entry.ma_periods", "three averages"},
      {R"({"entry": {"type": "ma_alignment", "ma_periods": [60, 20, 5]}})",
       "params.rules.entry.ma_periods", "below medium"},
      {R"({"entry": {"type": "volume", "operator": ">", "value": 1}, "stop_loss_pct": 100})",
       "params.rules.stop_loss_pct", "percentage"},
      {R"({"entry": {"type": "volume", "operator": ">", "value": 1}, "take_profit_pct": "5"})",
       "params.rules.take_profit_pct", "percentage"},
  };
  for (const auto& mistake : mistakes) {
    const auto checked = Rules::check(with_rules(mistake.rules));
    ASSERT_FALSE(checked.ok()) << mistake.rules;
    EXPECT_EQ(checked.error().field, mistake.field) << mistake.rules;
    EXPECT_THAT(checked.error().message, HasSubstr(mistake.words)) << mistake.rules;
    EXPECT_THAT(checked.error().message, testing::EndsWith(".")) << mistake.rules;
    EXPECT_FALSE(Rules{with_rules(mistake.rules)}.snapshot().empty()) << "it is made all the same";
  }
}

TEST(Rules, too_deep_too_many_and_too_much_are_refused) {
  const std::string leaf = R"({"left": "close", "operator": ">", "right": 3})";
  std::string deep = leaf;
  for (int i = 0; i < 30; ++i) deep = R"({"not": )" + deep + "}";
  EXPECT_THAT(parse_rules(R"({"entry": )" + deep + "}").error().message, HasSubstr("deeper"));
  std::string nested(100'000, '[');
  EXPECT_FALSE(parse_rules(nested).ok());
  std::string many = leaf;
  for (int i = 0; i < 250; ++i) many += ", " + leaf;
  EXPECT_THAT(parse_rules(R"({"entry": {"and": [)" + many + "]}}").error().message,
              HasSubstr("more than 200"));
  std::string indicators;
  for (int i = 1; i <= 70; ++i) {
    indicators += (i > 1 ? ", " : "") +
                  (R"({"left": {"indicator": "sma", "params": {"period": )" + std::to_string(i)) +
                  R"(}}, "operator": ">", "right": 3})";
  }
  EXPECT_THAT(parse_rules(R"({"entry": {"and": [)" + indicators + "]}}").error().message,
              HasSubstr("more than 64"));
}

TEST(Rules, damaged_texts_are_refused_or_understood_but_never_crash) {
  const std::string sound =
      R"({"entry": {"and": [{"left": {"indicator": "macd", "params": {"fast": 5, "source": "open"}, "output": "signal", "shift": 3}, "operator": "cross_above", "right": 0.5}, {"not": {"or": [{"type": "ma_alignment", "ma_periods": [5, 20, 60]}, {"left": "close", "operator": "<=", "right": {"price": "high", "shift": 1}}]}}]}, "exit": {"left": "volume", "operator": "==", "right": -1e3}, "stop_loss_pct": 5})";
  ASSERT_TRUE(parse_rules(sound).ok()) << parse_rules(sound).error().message;
  for (std::size_t length = 0; length < sound.size(); ++length) {
    EXPECT_FALSE(parse_rules(sound.substr(0, length)).ok());
  }
  made::Numbers numbers{9};
  const std::string letters = "{}[]\",:0123456789.-eclosetrunfa \\";
  const auto candles = untied_candles(20, 8);
  for (int round = 0; round < 4'000; ++round) {
    std::string damaged = sound;
    for (std::size_t k = 0; k <= numbers.below(3); ++k) {
      const std::size_t place = numbers.below(damaged.size());
      switch (numbers.below(3)) {
        case 0:
          damaged[place] = letters[numbers.below(letters.size())];
          break;
        case 1:
          damaged.erase(place, 1 + numbers.below(12));
          break;
        default:
          damaged.insert(place, damaged.substr(numbers.below(damaged.size()), numbers.below(20)));
      }
    }
    const auto rules = parse_rules(damaged);
    if (!rules) {
      EXPECT_FALSE(rules.error().message.empty());
      EXPECT_THAT(rules.error().field, testing::StartsWith("params.rules"));
      continue;
    }
    RuleEvaluator evaluator{*rules};
    for (std::size_t i = 0; i < candles.size(); ++i) evaluator.update(*rules, candles[i]);
  }
}

}  // namespace
}  // namespace hts::strategies
