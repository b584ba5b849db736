#include "engine/indicators/channels.hpp"
#include "engine/indicators/definition_groups.hpp"
#include "engine/indicators/deviation.hpp"
#include "engine/indicators/volatility.hpp"

namespace hts::indicators {
namespace {

ParameterSchema deviations_parameter() {
  return {"deviations", 2.0, 0, 100, false, "multiple", "Standard deviations to each band."};
}

}  // namespace

std::vector<IndicatorDefinition> volatility_indicators() {
  return {
      define({"true_range", "True range", "The candle's range with the gap before it.",
              Group::volatility},
             {}, [](const Parameters&) { return TrueRange{}; }),
      define({"atr", "Average true range", "Wilder's mean of the true range.", Group::volatility},
             {period_parameter(14)}, over_period<Atr>),
      define({"natr", "Normalised average true range",
              "The average true range in percent of the close.", Group::volatility},
             {period_parameter(14)}, over_period<Natr>),
      define({"stddev", "Standard deviation", "Population standard deviation of the last values.",
              Group::volatility},
             {period_parameter(20)}, over_period<StandardDeviation>),
      define({"variance", "Variance", "Population variance of the last values.", Group::volatility},
             {period_parameter(20)}, over_period<Variance>),
      define({"zscore", "Z-score", "Standard deviations above the mean of the last values.",
              Group::volatility},
             {period_parameter(20)}, over_period<ZScore>),
      define({"bollinger",
              "Bollinger bands",
              "The mean and some standard deviations above and below it.",
              Group::volatility,
              {"upper", "middle", "lower"}},
             {period_parameter(20), deviations_parameter()},
             [](const Parameters& p) { return Bollinger{period(p), p.number("deviations")}; }),
      define({"donchian",
              "Donchian channel",
              "Highest high, lowest low and their middle.",
              Group::volatility,
              {"upper", "middle", "lower"}},
             {period_parameter(20)}, over_period<Donchian>),
      define({"keltner",
              "Keltner channel",
              "The EMA and some average true ranges above and below it.",
              Group::volatility,
              {"upper", "middle", "lower"}},
             {period_parameter(20),
              length_parameter("atr_period", 10, "Candles of the average true range."),
              {"multiplier", 2.0, 0, 100, false, "multiple", "True ranges to each band."}},
             [](const Parameters& p) {
               return Keltner{period(p), length(p, "atr_period"), p.number("multiplier")};
             }),
      define({"highest", "Highest", "The highest of the last values.", Group::volatility},
             {period_parameter(20)}, over_period<Highest>),
      define({"lowest", "Lowest", "The lowest of the last values.", Group::volatility},
             {period_parameter(20)}, over_period<Lowest>),
  };
}

}  // namespace hts::indicators
