#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/csv/candle_import.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/strategies/sma_cross.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "golden_files.hpp"
#include "golden_report.hpp"

namespace hts::conformance {
namespace {

namespace json = boost::json;

constexpr double tolerance = 1e-8;

double number(const json::value& value) {
  return value.to_number<double>();
}

void expect_close(double value, double expected, const char* what) {
  EXPECT_LE(std::fabs(value - expected), tolerance * std::max(1.0, std::fabs(expected)))
      << what << " is " << value << ", expected " << expected;
}

class GoldenPortfolio : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) {
      GTEST_SKIP() << "no golden/portfolio in " << shared_folder() << ": nothing to compare with";
    }
    golden_ =
        json::parse(read_text(shared_folder() / "golden" / "portfolio" / (GetParam() + ".json")))
            .as_object();
    const auto file = csv::read_candles(
        (shared_folder() / "data" / "candles" / golden_.at("input").as_string().c_str()).string(),
        {});
    ASSERT_TRUE(file.ok()) << file.error().message;
    candles_ = file->series;
    ASSERT_EQ(candles_.size(), golden_.at("rows").to_number<std::size_t>());
    const auto& config = golden_.at("config").as_object();
    auto parameters = strategies::resolve_for(
        definition_, {{"fast", config.at("n1").as_int64()}, {"slow", config.at("n2").as_int64()}});
    ASSERT_TRUE(parameters.ok()) << parameters.error().message;
    plan_.symbols = {market::Symbol::parse("GOLDEN-FILE").value()};
    plan_.slots = {{0, &definition_, *parameters}};
    plan_.settings = backtest::backtesting_py_profile(number(config.at("cash")),
                                                      number(config.at("commission")));
  }

  const strategies::StrategyDefinition definition_ =
      strategies::define_strategy<strategies::SmaCross>();
  json::object golden_;
  market::CandleSeries candles_;
  backtest::PortfolioPlan plan_;
};

TEST_P(GoldenPortfolio, the_simulation_gives_the_expected_trades_and_equity) {
  const std::vector<market::CandleView> views = {candles_.view()};
  const auto result = backtest::simulate(plan_, views);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const auto& trades = golden_.at("trades").as_array();
  ASSERT_EQ(result->trades.size(), trades.size());
  for (std::size_t i = 0; i < trades.size(); ++i) {
    SCOPED_TRACE("trade " + std::to_string(i));
    const auto& want = trades[i].as_object();
    const auto& trade = result->trades[i];
    EXPECT_EQ(trade.entry_bar, want.at("EntryBar").to_number<std::size_t>());
    EXPECT_EQ(trade.exit_bar, want.at("ExitBar").to_number<std::size_t>());
    expect_close(trade.quantity, number(want.at("Size")), "size");
    expect_close(trade.entry_price, number(want.at("EntryPrice")), "entry price");
    expect_close(trade.exit_price, number(want.at("ExitPrice")), "exit price");
    expect_close(trade.profit, number(want.at("PnL")), "profit");
    expect_close(trade.commission, number(want.at("Commission")), "commission");
    expect_close(trade.return_fraction, number(want.at("ReturnPct")), "return");
  }
  const auto& equity = golden_.at("equity").as_array();
  ASSERT_EQ(result->equity.size(), equity.size());
  for (std::size_t bar = 0; bar < equity.size(); ++bar) {
    ASSERT_LE(std::fabs(result->equity[bar] - number(equity[bar])), tolerance * number(equity[bar]))
        << "equity at bar " << bar;
  }
}

TEST_P(GoldenPortfolio, the_same_crosses_written_as_rules_give_the_same_trades) {
  const auto& config = golden_.at("config").as_object();
  const auto average = [&](const char* length) {
    return R"({"indicator": "sma", "params": {"period": )" + json::serialize(config.at(length)) +
           "}}";
  };
  const auto cross = [&](const std::string& direction) {
    return R"({"left": )" + average("n1") + R"(, "operator": ")" + direction + R"(", "right": )" +
           average("n2") + "}";
  };
  const auto& rules = **strategies::find_strategy("rules");
  const auto parameters = strategies::resolve_for(
      rules, {{"rules", R"({"entry": )" + cross("cross_above") + R"(, "short_entry": )" +
                            cross("cross_below") + "}"}});
  ASSERT_TRUE(parameters.ok()) << parameters.error().message;
  const std::vector<market::CandleView> views = {candles_.view()};
  const auto expected = backtest::simulate(plan_, views);
  ASSERT_TRUE(expected.ok()) << expected.error().message;
  plan_.slots = {{0, &rules, *parameters}};
  const auto result = backtest::simulate(plan_, views);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->trades, expected->trades);
  EXPECT_GT(result->trades.size(), 20U);
}

TEST_P(GoldenPortfolio, the_simulation_gives_the_expected_report) {
  const std::vector<market::CandleView> views = {candles_.view()};
  auto result = backtest::simulate(plan_, views);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const auto report = backtest::make_report(plan_, std::move(result).value(), views);
  expect_report(report.statistics, golden_.at("stats").as_object());
}

INSTANTIATE_TEST_SUITE_P(, GoldenPortfolio, testing::ValuesIn(golden_names("portfolio")));

}  // namespace
}  // namespace hts::conformance
