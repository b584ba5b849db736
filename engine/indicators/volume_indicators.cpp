#include "engine/indicators/definition_groups.hpp"
#include "engine/indicators/volume.hpp"

namespace hts::indicators {
std::vector<IndicatorDefinition> volume_indicators() {
  return {
      define({"obv", "On-balance volume",
              "Running sum of volume, added when the close rises, taken away when it falls.",
              Group::volume},
             {}, [](const Parameters&) { return Obv{}; }),
      define(
          {"ad", "Accumulation / distribution",
           "Running sum of volume signed by where in its range the candle closed.", Group::volume},
          {}, [](const Parameters&) { return AccumulationDistribution{}; }),
      define(
          {"adosc", "Chaikin oscillator",
           "Fast less slow EMA of the accumulation / distribution line.", Group::volume},
          {length_parameter("fast", 3, "Candles of the fast average."),
           length_parameter("slow", 10, "Candles of the slow average.")},
          [](const Parameters& p) {
            return ChaikinOscillator{length(p, "fast"), length(p, "slow")};
          },
          [](const Parameters& p) { return check_ascending(p, "fast", "slow"); }),
      define({"chaikin_money_flow", "Chaikin money flow",
              "Accumulated volume as a part of all volume, -1 to 1.", Group::volume},
             {period_parameter(20)}, over_period<ChaikinMoneyFlow>),
      define({"mfi", "Money flow index", "Money of rising candles as a part of all, 0 to 100.",
              Group::volume},
             {period_parameter(14)}, over_period<Mfi>),
      define(
          {"vwap", "Volume-weighted average price",
           "The typical price weighted by volume over the last candles (rolling).", Group::volume},
          {period_parameter(20)}, over_period<Vwap>),
      define({"vwma", "Volume-weighted moving average",
              "The close weighted by volume over the last candles.", Group::volume},
             {period_parameter(20)}, over_period<Vwma>),
      define({"trade_amount", "Trade amount",
              "Quote currency that changed hands over the last candles, by default one.",
              Group::volume},
             {period_parameter(1)}, over_period<TradeAmount>),
  };
}

}  // namespace hts::indicators
