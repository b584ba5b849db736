#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/backtest/signal_study.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "engine/time/timestamp.hpp"
#include "golden_files.hpp"

namespace hts::conformance {
namespace {

namespace json = boost::json;
using strategies::NamedValue;

constexpr double tolerance = 1e-9;

std::vector<NamedValue> parameters_of(const json::object& params) {
  std::vector<NamedValue> values;
  for (const auto& [name, value] : params) {
    if (value.is_bool()) {
      values.emplace_back(std::string{name}, value.as_bool());
    } else if (value.is_int64()) {
      values.emplace_back(std::string{name}, value.as_int64());
    } else {
      values.emplace_back(std::string{name}, value.as_double());
    }
  }
  return values;
}

double number(const json::value& value) {
  return value.to_number<double>();
}

class GoldenSignals : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) {
      GTEST_SKIP() << "no golden/signals in " << shared_folder() << ": nothing to compare with";
    }
    golden_ =
        json::parse(read_text(shared_folder() / "golden" / "signals" / (GetParam() + ".json")))
            .as_object();
    candles_ = read_candles(std::string{golden_.at("dataset").as_string()});
    ASSERT_EQ(candles_.size(), golden_.at("candles").to_number<std::size_t>());
    const auto found = strategies::find_strategy(std::string{golden_.at("strategy").as_string()});
    ASSERT_TRUE(found.ok()) << found.error().message;
    definition_ = *found;
    auto parameters =
        strategies::resolve(definition_->schema, parameters_of(golden_.at("params").as_object()));
    ASSERT_TRUE(parameters.ok()) << parameters.error().message;
    parameters_ = *parameters;
  }

  json::object golden_;
  market::CandleSeries candles_;
  const strategies::StrategyDefinition* definition_ = nullptr;
  strategies::Parameters parameters_;
};

TEST_P(GoldenSignals, the_study_gives_the_expected_trades_and_statistics) {
  const auto study = backtest::run_signal_study(*definition_, parameters_, candles_.view());
  ASSERT_TRUE(study.ok()) << study.error().message;
  const auto& expected = golden_.at("signals").as_array();
  ASSERT_EQ(study->trades.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE("signal " + std::to_string(i));
    const auto& want = expected[i].as_object();
    const auto& trade = study->trades[i];
    ASSERT_EQ(want.at("side").as_string(), "BUY");
    ASSERT_EQ(trade.index, want.at("index").to_number<std::size_t>());
    ASSERT_EQ(trade.exit_index, want.at("exit_index").to_number<std::size_t>());
    ASSERT_EQ(time::to_milliseconds(trade.time), want.at("timestamp").as_int64());
    ASSERT_EQ(trade.exit_time, candles_.open_time[trade.exit_index]);
    ASSERT_EQ(trade.entry_price, number(want.at("entry_price")));
    ASSERT_EQ(trade.exit_price, number(want.at("exit_price")));
    ASSERT_NEAR(trade.return_pct, number(want.at("return_pct")), tolerance);
    ASSERT_NEAR(trade.confidence, number(want.at("confidence")), tolerance);
  }
  EXPECT_EQ(study->candles, candles_.size());
  EXPECT_EQ(study->statistics.signals, golden_.at("samples").to_number<std::size_t>());
  EXPECT_NEAR(study->statistics.win_rate, number(golden_.at("win_rate")), tolerance);
  EXPECT_NEAR(study->statistics.avg_return_pct, number(golden_.at("avg_return")), tolerance);
  EXPECT_NEAR(study->statistics.max_drawdown_pct, number(golden_.at("max_drawdown")), tolerance);
  EXPECT_NEAR(study->statistics.avg_hold_bars, number(golden_.at("avg_hold_bars")), tolerance);
}

TEST_P(GoldenSignals, candle_by_candle_gives_the_same_bars_as_the_study) {
  std::vector<std::size_t> expected;
  for (const auto& signal : golden_.at("signals").as_array()) {
    expected.push_back(signal.as_object().at("index").to_number<std::size_t>());
  }
  auto live = definition_->make(parameters_);
  std::vector<std::size_t> bars;
  for (std::size_t i = 0; i < candles_.size(); ++i) {
    if (live.on_candle(candles_[i])) bars.push_back(i);
  }
  EXPECT_EQ(bars, expected);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.empty() ? "absent" : info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(files, GoldenSignals, testing::ValuesIn(golden_names("signals")),
                         test_name);

}  // namespace
}  // namespace hts::conformance
