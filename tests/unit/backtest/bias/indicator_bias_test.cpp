#include "engine/backtest/bias/indicator_bias.hpp"

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

market::CandleSeries hours(std::size_t count) {
  return market::make_synthetic_candles({}, time::from_milliseconds(1'577'836'800'000),
                                        *market::Timeframe::parse("1h"), count, 6);
}

TEST(IndicatorBias, is_in_none_of_the_built_in_indicators) {
  const auto candles = hours(600);
  for (const auto& definition : indicators::builtin_indicators()) {
    const auto parameters = indicators::resolve(definition, {});
    ASSERT_TRUE(parameters) << definition.name;
    const auto found = find_indicator_bias(definition, *parameters, candles.view());
    EXPECT_FALSE(found) << *found;
  }
}

TEST(IndicatorBias, is_found_in_a_centred_average) {
  auto definition = **indicators::find_indicator("sma");
  definition.name = "centred_average";
  definition.fill = [](const parameters::Parameters&, market::CandleView candles,
                       std::span<std::span<double>> columns) {
    for (std::size_t i = 0; i < candles.size(); ++i) {
      const std::size_t next = i + 1 < candles.size() ? i + 1 : i;
      columns[0][i] = (candles.close[i] + candles.close[next]) / 2;
    }
  };
  const auto candles = hours(600);
  const auto parameters = indicators::resolve(definition, {});
  const auto found = find_indicator_bias(definition, *parameters, candles.view());
  ASSERT_TRUE(found);
  EXPECT_NE(found->find("centred_average looks into the future: its output value at bar"),
            std::string::npos)
      << *found;
}

TEST(IndicatorBias, needs_a_future) {
  const auto& definition = **indicators::find_indicator("sma");
  const auto parameters = indicators::resolve(definition, {});
  EXPECT_FALSE(find_indicator_bias(definition, *parameters, {}));
  EXPECT_FALSE(find_indicator_bias(definition, *parameters, hours(1).view()));
}

}  // namespace
}  // namespace hts::backtest
