#include "engine/backtest/bias/check_bias.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"
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

struct Checked {
  market::CandleSeries series = hours(3'000, 4);
  std::vector<market::CandleView> candles = {series.view()};
  PortfolioPlan plan;

  explicit Checked(const strategies::StrategyDefinition& definition) {
    plan.settings.cash = 1e9;
    plan.symbols = {market::Symbol::parse("BTC-KRW").value()};
    plan.slots = {{0, &definition, strategies::resolve_for(definition, {}).value()}};
  }
  [[nodiscard]] result::Result<BiasReport> run(BiasOptions options = {}) const {
    return check_bias(plan, candles, options);
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
    if (definition.name == "rules") continue;
    const auto report = Checked{definition}.run();
    ASSERT_TRUE(report) << definition.name << ": " << report.error().message;
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
  const auto report = check_bias(checked.plan, checked.candles, {}, control);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, result::ErrorCode::cancelled);
}

}  // namespace
}  // namespace hts::backtest
