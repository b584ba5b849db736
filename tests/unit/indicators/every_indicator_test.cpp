#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/indicators/any_indicator.hpp"
#include "engine/indicators/indicator_definition.hpp"
#include "engine/indicators/warm_up.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "numbers.hpp"

namespace hts::indicators {
namespace {

using parameters::NamedValue;
using parameters::Parameters;

/// Valid parameters drawn from the schema; lengths stay below `longest` so that short series get
/// past the warm-up.
Parameters drawn_parameters(const IndicatorDefinition& definition, made::Numbers& numbers,
                            std::size_t longest) {
  for (;;) {
    std::vector<NamedValue> given;
    for (const auto& parameter : definition.schema) {
      if (std::holds_alternative<std::int64_t>(parameter.default_value)) {
        const auto least = static_cast<std::int64_t>(parameter.minimum);
        given.emplace_back(parameter.name,
                           least + static_cast<std::int64_t>(numbers.below(longest)));
      } else if (std::holds_alternative<double>(parameter.default_value)) {
        given.emplace_back(parameter.name, parameter.minimum + 0.01 + numbers.uniform() * 0.9);
      } else {
        const char* sources[] = {"open", "high", "low", "close", "volume"};
        given.emplace_back(parameter.name, std::string{sources[numbers.below(5)]});
      }
    }
    auto resolved = resolve(definition, given);
    if (resolved) return std::move(resolved).value();
  }
}

std::string described(const IndicatorDefinition& definition, const Parameters& parameters) {
  std::string text = definition.name;
  for (const auto& [name, value] : parameters.values()) {
    text += " " + name + "=" + parameters::to_text(value);
  }
  return text;
}

market::CandleSeries random_candles(std::size_t count, std::uint64_t seed) {
  return market::make_synthetic_candles({}, time::Timestamp{}, market::Timeframe::day(), count,
                                        seed);
}

market::CandleSeries flat_candles(std::size_t count, double price, double volume) {
  market::CandleSeries candles;
  for (std::size_t i = 0; i < count; ++i) {
    candles.push_back({time::from_milliseconds(static_cast<std::int64_t>(i) * 60'000), price, price,
                       price, price, volume});
  }
  return candles;
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

/// Expects candle by candle, from `begin` on, what the columns hold.
void expect_goes_on(AnyIndicator& indicator, const market::CandleSeries& candles, std::size_t begin,
                    const std::vector<std::vector<double>>& columns) {
  for (std::size_t i = begin; i < candles.size(); ++i) {
    const auto outputs = indicator.update(candles[i]);
    ASSERT_EQ(outputs.size(), columns.size());
    for (std::size_t output = 0; output < outputs.size(); ++output) {
      ASSERT_TRUE(same_bits(outputs[output], columns[output][i]))
          << "output " << output << " at " << i << ": " << outputs[output] << " and "
          << columns[output][i];
    }
  }
}

TEST(EveryIndicator, candle_by_candle_equals_its_columns_bit_for_bit) {
  const auto candles = random_candles(400, 3);
  made::Numbers numbers{11};
  for (const auto& definition : builtin_indicators()) {
    for (int round = 0; round < 12; ++round) {
      const auto parameters = drawn_parameters(definition, numbers, 40);
      SCOPED_TRACE(described(definition, parameters));
      const auto columns = compute(definition, parameters, candles.view());
      auto indicator = definition.make(parameters);
      ASSERT_NO_FATAL_FAILURE(expect_goes_on(indicator, candles, 0, columns));
      for (const auto& column : columns) EXPECT_TRUE(has_value(column.back()));
    }
  }
}

TEST(EveryIndicator, begins_once_and_then_has_a_value_for_every_candle) {
  const auto candles = random_candles(500, 4);
  made::Numbers numbers{12};
  for (const auto& definition : builtin_indicators()) {
    for (int round = 0; round < 6; ++round) {
      const auto parameters = drawn_parameters(definition, numbers, 60);
      SCOPED_TRACE(described(definition, parameters));
      const auto expected = warm_up(definition, parameters);
      std::size_t output = 0;
      for (const auto& column : compute(definition, parameters, candles.view())) {
        std::size_t i = 0;
        while (i < column.size() && !has_value(column[i])) ++i;
        ASSERT_EQ(i, expected[output++]);
        for (; i < column.size(); ++i) ASSERT_TRUE(std::isfinite(column[i])) << "at " << i;
      }
    }
  }
}

TEST(EveryIndicator, does_not_look_ahead) {
  const auto candles = random_candles(200, 5);
  made::Numbers numbers{13};
  for (const auto& definition : builtin_indicators()) {
    const auto parameters = drawn_parameters(definition, numbers, 30);
    SCOPED_TRACE(described(definition, parameters));
    const auto whole = compute(definition, parameters, candles.view());
    const auto cut = compute(definition, parameters, candles.view().slice(0, 120));
    for (std::size_t output = 0; output < whole.size(); ++output) {
      for (std::size_t i = 0; i < 120; ++i) {
        ASSERT_TRUE(same_bits(whole[output][i], cut[output][i])) << i;
      }
    }
  }
}

TEST(EveryIndicator, a_snapshot_restored_at_any_candle_goes_on_with_the_same_bits) {
  const auto candles = random_candles(130, 6);
  made::Numbers numbers{14};
  for (const auto& definition : builtin_indicators()) {
    const auto parameters = drawn_parameters(definition, numbers, 12);
    SCOPED_TRACE(described(definition, parameters));
    const auto columns = compute(definition, parameters, candles.view());
    auto running = definition.make(parameters);
    for (std::size_t cut = 0; cut < candles.size(); ++cut) {
      const auto state = running.snapshot();
      for (const double number : state) ASSERT_TRUE(std::isfinite(number));
      auto resumed = definition.make(parameters);
      for (std::size_t i = 0; i < 9; ++i) resumed.update(candles[100 - i]);
      const auto restored = resumed.restore(state);
      ASSERT_TRUE(restored.ok()) << restored.error().message;
      ASSERT_EQ(resumed.snapshot(), state);
      ASSERT_NO_FATAL_FAILURE(expect_goes_on(resumed, candles, cut, columns)) << cut;
      auto copy = running;
      ASSERT_NO_FATAL_FAILURE(expect_goes_on(copy, candles, cut, columns)) << cut;
      running.update(candles[cut]);
    }
  }
}

TEST(EveryIndicator, refuses_a_damaged_snapshot_and_stays_as_it_was) {
  const auto candles = random_candles(60, 7);
  made::Numbers numbers{15};
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (const auto& definition : builtin_indicators()) {
    const auto parameters = drawn_parameters(definition, numbers, 9);
    SCOPED_TRACE(described(definition, parameters));
    auto indicator = definition.make(parameters);
    for (std::size_t i = 0; i < 30; ++i) indicator.update(candles[i]);
    const auto good = indicator.snapshot();
    auto longer = good;
    longer.push_back(1);
    EXPECT_FALSE(indicator.restore(longer).ok());
    EXPECT_FALSE(indicator.restore(std::vector<double>(good.begin(), good.end() - 1)).ok());
    EXPECT_FALSE(indicator.restore({}).ok());
    for (std::size_t i = 0; i < good.size(); ++i) {
      auto damaged = good;
      damaged[i] = infinite;
      EXPECT_FALSE(indicator.restore(damaged).ok());
    }
    EXPECT_EQ(indicator.snapshot(), good);
    // Numbers that are possible one by one, but not together, must not crash it.
    for (std::size_t i = 0; i < good.size(); ++i) {
      auto odd = good;
      odd[i] = static_cast<double>(numbers.below(1000));
      auto victim = indicator;
      if (!victim.restore(odd).ok()) continue;
      for (std::size_t k = 30; k < candles.size(); ++k) victim.update(candles[k]);
    }
  }
}

TEST(EveryIndicator, answers_numbers_in_a_flat_market_also_without_volume) {
  made::Numbers numbers{16};
  for (const double volume : {0.0, 3.7}) {
    const auto candles = flat_candles(300, 0.1, volume);
    for (const auto& definition : builtin_indicators()) {
      const auto parameters = drawn_parameters(definition, numbers, 30);
      SCOPED_TRACE(described(definition, parameters));
      for (const auto& column : compute(definition, parameters, candles.view())) {
        ASSERT_TRUE(std::isfinite(column.back()));
      }
    }
  }
}

TEST(EveryIndicator, survives_numbers_that_no_candle_has) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const double odd[] = {nan, infinite, -infinite, 0, -1, 1e308, 5e-324, 100};
  made::Numbers numbers{17};
  for (const auto& definition : builtin_indicators()) {
    const auto parameters = drawn_parameters(definition, numbers, 20);
    auto indicator = definition.make(parameters);
    for (int i = 0; i < 2000; ++i) {
      const auto pick = [&] { return odd[numbers.below(std::size(odd))]; };
      const market::Candle candle{time::Timestamp{}, pick(), pick(), pick(), pick(), pick()};
      EXPECT_EQ(indicator.update(candle).size(), definition.outputs.size());
    }
  }
}

TEST(AnyIndicator, has_no_value_before_the_first_candle) {
  const auto& definition = **find_indicator("macd");
  const auto indicator = definition.make(resolve(definition, {}).value());
  ASSERT_EQ(indicator.outputs().size(), 3U);
  for (const double value : indicator.outputs()) EXPECT_FALSE(has_value(value));
}

}  // namespace
}  // namespace hts::indicators
