#include "engine/indicators/definition_groups.hpp"
#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/price.hpp"

namespace hts::indicators {

std::vector<IndicatorDefinition> price_indicators() {
  return {
      define({"typical_price", "Typical price", "Mean of high, low and close.", Group::price}, {},
             [](const Parameters&) { return TypicalPrice{}; }),
      define({"median_price", "Median price", "Half-way between high and low.", Group::price}, {},
             [](const Parameters&) { return MedianPrice{}; }),
      define({"weighted_close", "Weighted close", "Mean of high, low and twice the close.",
              Group::price},
             {}, [](const Parameters&) { return WeightedClose{}; }),
      define({"bop", "Balance of power", "The candle's body as a part of its range, -1 to 1.",
              Group::price},
             {}, [](const Parameters&) { return BalanceOfPower{}; }),
      define({"sum", "Sum", "Sum of the last values.", Group::price}, {period_parameter(20)},
             [](const Parameters& p) { return Sum{period(p)}; }),
  };
}

}  // namespace hts::indicators
