#include "engine/backtest/bias/check_bias.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

#include <gtest/gtest.h>

#include "../shuffled_workers.hpp"
#include "engine/indicators/indicator_definition.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/rules.hpp"
#include "engine/strategies/sma_cross.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {
namespace {

using strategies::Context;
using strategies::Parameters;

market::CandleSeries hours(std::size_t count, std::uint64_t seed) {
  return market::make_synthetic_candles({}, time::from_milliseconds(1'577'836'800'000),
                                        *market::Timeframe::parse("1h"), count, seed);
}

/// What an honest strategy has around what it decides.
struct Plain {
  static constexpr std::string_view title = "";
  static constexpr std::string_view help = "";
  static constexpr int state_version = 1;
  static std::vector<strategies::ParameterSchema> schema() { return {}; }
  explicit Plain(const Parameters& /*parameters*/) {}
  [[nodiscard]] std::vector<double> snapshot() const { return {}; }
  result::Status restore(std::span<const double> /*state*/) { return result::success(); }
};

/// Cheats: keeps the whole series through a static and buys before the price rises.
struct NextClose : Plain {
  static constexpr std::string_view name = "next_close";
  using Plain::Plain;
  inline static market::CandleView series;

  void on_candle(const market::Candle& candle, Context& context) {
    const std::size_t next = seen_++ + 1;
    if (next >= series.size()) return;
    if (series.close[next] > candle.close * 1.005) context.buy(1);
    if (series.close[next] < candle.close * 0.995) context.sell(1);
  }
  std::size_t seen_ = 0;
};

/// Cheats in the fast path only: divides by the highest close of all candles.
struct WholeMaximum : Plain {
  static constexpr std::string_view name = "whole_maximum";
  using Plain::Plain;

  void on_candle(const market::Candle& /*candle*/, Context& /*context*/) {}
  static void scan_columns(const Parameters& /*parameters*/, market::CandleView candles,
                           strategies::ColumnCache& /*cache*/,
                           std::vector<strategies::IndexedSignal>& signals) {
    double highest = 0;
    for (const double close : candles.close) highest = std::max(highest, close);
    for (std::size_t i = 0; i < candles.size(); ++i) {
      const bool buys = candles.close[i] < 0.9 * highest;
      if (i % 7 == 0 && buys) signals.push_back({i, {trading::Side::buy, 1, false, {}}});
      if (i % 7 == 3) signals.push_back({i, {trading::Side::sell, 1, false, {}}});
    }
  }
};

/// Cheats with an order: asks for today's low, tomorrow known.
struct NextLowOrder : Plain {
  static constexpr std::string_view name = "next_low_order";
  static constexpr bool uses_orders = true;
  using Plain::Plain;

  void on_candle(const market::Candle& /*candle*/, Context& context) {
    const std::size_t next = seen_++ + 1;
    if (context.desk() == nullptr || next >= NextClose::series.size()) return;
    trading::OrderRequest order;
    order.type = trading::OrderType::limit;
    order.quantity = 1;
    if (context.desk()->position().flat()) {
      order.limit_price = NextClose::series.low[next];
    } else {
      order.side = trading::Side::sell;
      order.limit_price = NextClose::series.high[next];
    }
    order.time_in_force = trading::TimeInForce::immediate_or_cancel;
    context.desk()->submit(order);
  }
  std::size_t seen_ = 0;
};

/// What `rules` needs to be a strategy.
std::vector<strategies::NamedValue> given_to(const strategies::StrategyDefinition& definition) {
  if (definition.name != "rules" && definition.name != "cheating_rules") return {};
  return {{"rules", std::string{R"({
    "entry": {"and": [
      {"left": "close", "operator": ">", "right": {"indicator": "ema", "params": {"period": 50}}},
      {"left": {"indicator": "macd", "output": "signal"}, "operator": "cross_above", "right": 0},
      {"left": {"indicator": "rsi", "shift": 2}, "operator": "<", "right": 75}]},
    "exit": {"left": "close", "operator": "cross_below",
             "right": {"indicator": "sma", "params": {"period": 20}}},
    "short_entry": {"left": "close", "operator": "cross_below",
                    "right": {"indicator": "bollinger", "output": "lower"}},
    "short_exit": {"left": {"indicator": "rsi"}, "operator": "<", "right": 30},
    "stop_loss_pct": 5})"}}};
}

struct Checked {
  market::CandleSeries series = hours(3'000, 4);
  std::vector<market::CandleView> candles = {series.view()};
  PortfolioPlan plan;

  explicit Checked(const strategies::StrategyDefinition& definition) {
    plan.settings.cash = 1e9;
    plan.symbols = {market::Symbol::parse("BTC-KRW").value()};
    plan.slots = {
        {0, &definition, strategies::resolve_for(definition, given_to(definition)).value()}};
  }
  [[nodiscard]] result::Result<BiasReport> run(BiasOptions options = {},
                                               const Workers& workers = one_worker()) const {
    return check_bias(plan, candles, options, workers);
  }
};

/// A source of candles beside the simulation that plays along.
BiasOptions announced() {
  BiasOptions options;
  options.announce = [](std::span<const market::CandleView> candles) {
    NextClose::series = candles.front();
  };
  return options;
}

TEST(CheckBias, finds_nothing_in_the_built_in_strategies) {
  std::vector<strategies::StrategyDefinition> definitions;
  for (const auto* definition : strategies::builtin_strategies()) {
    definitions.push_back(*definition);
  }
  definitions.push_back(strategies::define_strategy<strategies::SmaCross>());
  for (const auto& definition : definitions) {
    const auto report = Checked{definition}.run();
    ASSERT_TRUE(report) << definition.name << ": " << report.error().message;
    EXPECT_GT(report->decisions, 0U) << definition.name;
    EXPECT_TRUE(report->clean()) << report->finding->sentence;
    EXPECT_EQ(report->bars, 8U);
  }
}

TEST(CheckBias, compares_what_there_is) {
  const auto definition = strategies::define_strategy<strategies::SmaCross>();
  const auto report = Checked{definition}.run();
  ASSERT_TRUE(report);
  EXPECT_GT(report->decisions, 1000U);
}

TEST(CheckBias, catches_a_strategy_that_reads_the_next_close) {
  const auto definition = strategies::define_strategy<NextClose>();
  const auto report = Checked{definition}.run(announced());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean());
  const auto& finding = *report->finding;
  EXPECT_EQ(finding.bar, finding.known_until);
  EXPECT_NE(finding.sentence.find("next_close looks into the future: at bar " +
                                  std::to_string(finding.bar) + " (" +
                                  time::format_iso8601(finding.time) + ") on KRW_BTC it gives"),
            std::string::npos)
      << finding.sentence;
}

TEST(CheckBias, catches_a_column_that_knows_the_whole) {
  const auto definition = strategies::define_strategy<WholeMaximum>();
  const auto report = Checked{definition}.run();
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean());
  EXPECT_LT(report->finding->bar, report->finding->known_until);
}

TEST(CheckBias, catches_an_order_at_a_price_of_tomorrow) {
  const auto definition = strategies::define_strategy<NextLowOrder>();
  const auto report = Checked{definition}.run(announced());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean()) << report->decisions;
  EXPECT_NE(report->finding->sentence.find("it submits"), std::string::npos)
      << report->finding->sentence;
  EXPECT_EQ(report->finding->bar, report->finding->known_until);
}

/// A built-in strategy that is given the next candle in place of each.
struct FedFromTomorrow final : strategies::AnyStrategy::Held {
  explicit FedFromTomorrow(strategies::AnyStrategy of) : strategy(std::move(of)) {}
  [[nodiscard]] std::string_view name() const noexcept override { return strategy.name(); }
  [[nodiscard]] int state_version() const noexcept override { return 0; }
  void on_candle(const market::Candle& /*candle*/, Context& context) override {
    const std::size_t next = std::min(++seen, NextClose::series.size() - 1);
    strategy.on_candle(NextClose::series[next], context);
  }
  void scan(market::CandleView candles, std::size_t first_index,
            std::vector<strategies::IndexedSignal>& signals) override {
    for (std::size_t i = 0; i < candles.size(); ++i) {
      Context context;
      on_candle(candles[i], context);
      if (const auto signal = context.take()) signals.push_back({first_index + i, *signal});
    }
  }
  [[nodiscard]] std::vector<double> snapshot() const override { return {}; }
  result::Status restore(std::span<const double> /*state*/) override { return result::success(); }

  strategies::AnyStrategy strategy;
  std::size_t seen = 0;
};

TEST(CheckBias, names_what_a_built_in_strategy_looked_at_first) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"sma_cross", "sma(period=10, source=close)"},
      {"ema_cross", "ema(period=12, source=close)"},
      {"rsi_reversal", "rsi(period=14, source=close)"},
      {"macd", "macd(fast=12, slow=26, signal=9, source=close).macd"},
      {"bollinger_breakout", "close"},
      {"donchian", "close"},
      {"rules", "close"},
      {"volume_long_candle", "open"},
      {"volume_zone_breakout", "high"},
  };
  for (const auto& [strategy, operand] : expected) {
    const auto& original = **strategies::find_strategy(strategy);
    auto definition = original;
    definition.scan_columns = nullptr;
    definition.make = [&original](const Parameters& parameters) {
      return strategies::AnyStrategy{std::make_unique<FedFromTomorrow>(original.make(parameters)),
                                     parameters};
    };
    auto options = announced();
    options.bars = 500;
    const auto report = Checked{definition}.run(options);
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_FALSE(report->clean()) << strategy;
    const auto& finding = *report->finding;
    ASSERT_TRUE(finding.operand) << finding.sentence;
    EXPECT_EQ(finding.operand->name, operand) << finding.sentence;
    EXPECT_EQ(finding.operand->bar, finding.known_until) << finding.sentence;
    EXPECT_NE(finding.operand->with, finding.operand->without) << finding.sentence;
  }
}

/// An indicator that is the mean of the present close and the next.
struct CentredMean {
  double update(const market::Candle& candle) {
    const std::size_t next = std::min(++seen, NextClose::series.size() - 1);
    return (candle.close + NextClose::series.close[next]) / 2;
  }
  static void each(auto& self, auto& state) { state(self.seen); }
  std::size_t seen = 0;
};

/// The rules with that in place of their averages.
struct CheatingRules : strategies::Rules {
  static constexpr std::string_view name = "cheating_rules";
  explicit CheatingRules(const Parameters& parameters) : Rules(cheating(parameters)) {}
  static std::vector<std::string> operands(const Parameters& parameters) {
    return strategies::operand_texts(cheating(parameters));
  }
  static strategies::RuleSet cheating(const Parameters& parameters) {
    static const auto centred = [] {
      auto definition = **indicators::find_indicator("sma");
      definition.name = "centred_mean";
      definition.make = [](const Parameters&) {
        return indicators::AnyIndicator::of(CentredMean{});
      };
      return definition;
    }();
    auto rules = strategies::parse_rules(parameters.text("rules")).value();
    for (auto& used : rules.indicators) {
      if (used.definition->name == "sma") used.definition = &centred;
    }
    return rules;
  }
};

TEST(CheckBias, names_a_cheating_indicator_of_rules) {
  const auto definition = strategies::define_strategy<CheatingRules>();
  auto options = announced();
  options.bars = 500;
  const auto report = Checked{definition}.run(options);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean());
  const auto& finding = *report->finding;
  ASSERT_TRUE(finding.operand) << finding.sentence;
  EXPECT_EQ(finding.operand->name, "centred_mean(period=20, source=close)");
  EXPECT_EQ(finding.operand->bar, finding.known_until);
  EXPECT_NE(finding.sentence.find(". The first number it looks at that differs is "
                                  "centred_mean(period=20, source=close) at bar " +
                                  std::to_string(finding.bar) + " (" +
                                  time::format_iso8601(finding.time) + "): "),
            std::string::npos)
      << finding.sentence;
}

/// Looks at today's close and decides by tomorrow's.
struct Hypocrite : NextClose {
  static constexpr std::string_view name = "hypocrite";
  using NextClose::NextClose;
  static std::vector<std::string> operands(const Parameters& /*parameters*/) { return {"close"}; }
  void on_candle(const market::Candle& candle, Context& context) {
    context.look_at({candle.close});
    NextClose::on_candle(candle, context);
  }
};

TEST(CheckBias, says_when_the_future_is_read_elsewhere) {
  const auto definition = strategies::define_strategy<Hypocrite>();
  const auto report = Checked{definition}.run(announced());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean());
  EXPECT_FALSE(report->finding->operand);
  EXPECT_NE(report->finding->sentence.find(
                "What it looks at is the same up to there (close): it reads the future elsewhere."),
            std::string::npos)
      << report->finding->sentence;
}

/// Cheats in a column that trials share.
struct CentredColumn : Plain {
  static constexpr std::string_view name = "centred_column";
  using Plain::Plain;

  void on_candle(const market::Candle& /*candle*/, Context& /*context*/) {}
  static void scan_columns(const Parameters& /*parameters*/, market::CandleView candles,
                           strategies::ColumnCache& cache,
                           std::vector<strategies::IndexedSignal>& signals) {
    const auto mean = cache.column(candles, "centred mean", 3, [&](auto begin, auto end, auto* to) {
      for (std::size_t i = begin; i < end; ++i) {
        to[i] = (candles.close[i] + candles.close[std::min(i + 1, candles.size() - 1)]) / 2;
      }
    });
    for (std::size_t i = 0; i < candles.size(); ++i) {
      const auto side = candles.close[i] < mean[i] ? trading::Side::buy : trading::Side::sell;
      signals.push_back({i, {side, 1, false, {}}});
    }
  }
};

TEST(CheckBias, names_a_cheating_column) {
  const auto definition = strategies::define_strategy<CentredColumn>();
  const auto report = Checked{definition}.run();
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean());
  ASSERT_TRUE(report->finding->operand) << report->finding->sentence;
  EXPECT_EQ(report->finding->operand->name, "centred mean (3)");
  EXPECT_EQ(report->finding->operand->bar, report->finding->known_until);
}

/// Says what it looks at: tomorrow's low.
struct OpenNextLowOrder : NextLowOrder {
  static constexpr std::string_view name = "open_next_low_order";
  using NextLowOrder::NextLowOrder;
  static std::vector<std::string> operands(const Parameters& /*parameters*/) {
    return {"low of tomorrow"};
  }
  void on_candle(const market::Candle& candle, Context& context) {
    const std::size_t next = std::min(seen_ + 1, NextClose::series.size() - 1);
    context.look_at({NextClose::series.low[next]});
    NextLowOrder::on_candle(candle, context);
  }
};

TEST(CheckBias, names_what_a_strategy_with_orders_looked_at) {
  const auto definition = strategies::define_strategy<OpenNextLowOrder>();
  const auto report = Checked{definition}.run(announced());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->clean());
  ASSERT_TRUE(report->finding->operand) << report->finding->sentence;
  EXPECT_EQ(report->finding->operand->name, "low of tomorrow");
  EXPECT_EQ(report->finding->operand->bar, report->finding->known_until);
}

TEST(CheckBias, does_not_depend_on_the_workers) {
  for (const auto& definition : {strategies::define_strategy<strategies::SmaCross>(),
                                 strategies::define_strategy<CentredColumn>()}) {
    const auto one = Checked{definition}.run();
    const auto more = Checked{definition}.run({}, made::shuffled_workers(3));
    ASSERT_TRUE(one && more);
    EXPECT_EQ(sentence_of(*more), sentence_of(*one));
    EXPECT_EQ(more->decisions, one->decisions);
  }
}

TEST(CheckBias, goes_through_several_symbols_of_different_lengths) {
  const auto definition = strategies::define_strategy<strategies::SmaCross>();
  Checked checked{definition};
  const auto other = hours(1'000, 8);
  checked.candles.push_back(other.view().slice(500, 500));
  checked.plan.symbols.push_back(market::Symbol::parse("ETH-KRW").value());
  checked.plan.slots.push_back(checked.plan.slots.front());
  checked.plan.slots.back().symbol = 1;
  checked.plan.settings.sizing = {trading::Sizing::Rule::percent_of_equity, 30};
  const auto report = checked.run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->clean()) << report->finding->sentence;
}

TEST(CheckBias, says_when_there_are_too_few_candles) {
  const auto definition = strategies::define_strategy<strategies::SmaCross>();
  Checked checked{definition};
  for (const std::size_t count : {0U, 1U, 20U, 21U}) {
    checked.candles = {checked.series.view().slice(0, count)};
    const auto report = checked.run();
    ASSERT_FALSE(report) << count;
    EXPECT_EQ(report.error().code, result::ErrorCode::invalid);
  }
  checked.candles = {checked.series.view().slice(0, 22)};
  const auto report = checked.run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->bars, 1U);
}

TEST(CheckBias, can_be_cancelled) {
  const auto definition = strategies::define_strategy<strategies::SmaCross>();
  const Checked checked{definition};
  const std::atomic<bool> cancel{true};
  StudyControl control;
  control.cancel = &cancel;
  const auto report = check_bias(checked.plan, checked.candles, {}, one_worker(), control);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, result::ErrorCode::cancelled);
}

}  // namespace
}  // namespace hts::backtest
