#include "engine/indicators/aroon.hpp"
#include "engine/indicators/change.hpp"
#include "engine/indicators/definition_groups.hpp"
#include "engine/indicators/oscillators.hpp"
#include "engine/indicators/stochastic.hpp"
#include "engine/indicators/strength.hpp"

namespace hts::indicators {
namespace {

constexpr auto fast_below_slow = [](const Parameters& p) {
  return check_ascending(p, "fast", "slow");
};

constexpr auto ascending_horizons = [](const Parameters& p) {
  auto sound = check_ascending(p, "short", "medium");
  return sound ? check_ascending(p, "medium", "long") : sound;
};

std::vector<IndicatorDefinition> changes() {
  return {
      define({"mom", "Momentum", "Difference to the value some candles ago.", Group::momentum},
             {period_parameter(10)}, over_period<Momentum>),
      define(
          {"roc", "Rate of change", "Percent above the value some candles ago.", Group::momentum},
          {period_parameter(10)}, over_period<RateOfChange>),
      define({"change_rate", "Change rate", "Percent change over some candles, by default one.",
              Group::momentum},
             {period_parameter(1)}, over_period<RateOfChange>),
      define({"ma_divergence", "Moving average divergence",
              "Percent above the simple moving average (disparity).", Group::momentum},
             {period_parameter(20)}, over_period<MaDivergence>),
      define(
          {"ma_alignment", "Moving average alignment",
           "1 while shorter averages are above longer ones, -1 while they are below, else 0.",
           Group::momentum},
          {length_parameter("short", 5, "Candles of the shortest average."),
           length_parameter("medium", 20, "Candles of the medium average."),
           length_parameter("long", 60, "Candles of the longest average.")},
          [](const Parameters& p) {
            return MaAlignment{length(p, "short"), length(p, "medium"), length(p, "long")};
          },
          ascending_horizons),
      define({"trix", "Triple exponential change",
              "Percent change of the triple EMA from candle to candle.", Group::momentum},
             {period_parameter(15)}, over_period<Trix>),
      define(
          {"macd",
           "Moving average convergence divergence",
           "Fast less slow EMA, the EMA of that, and their difference.",
           Group::momentum,
           {"macd", "signal", "histogram"}},
          {length_parameter("fast", 12, "Candles of the fast average."),
           length_parameter("slow", 26, "Candles of the slow average."),
           length_parameter("signal", 9, "Candles of the signal line.")},
          [](const Parameters& p) {
            return Macd{length(p, "fast"), length(p, "slow"), length(p, "signal")};
          },
          fast_below_slow),
      define(
          {"ppo", "Percentage price oscillator", "Fast against slow EMA in percent.",
           Group::momentum},
          {length_parameter("fast", 12, "Candles of the fast average."),
           length_parameter("slow", 26, "Candles of the slow average.")},
          [](const Parameters& p) { return Ppo{length(p, "fast"), length(p, "slow")}; },
          fast_below_slow),
  };
}

std::vector<IndicatorDefinition> oscillators() {
  return {
      define({"rsi", "Relative strength index", "Rises as a part of all moves, 0 to 100.",
              Group::momentum},
             {period_parameter(14, 2)}, over_period<Rsi>),
      define({"cmo", "Chande momentum oscillator",
              "Rises less falls as a part of all moves, -100 to 100.", Group::momentum},
             {period_parameter(14, 2)}, over_period<Cmo>),
      define({"stochastic",
              "Stochastic oscillator",
              "Where the close lies in the range of the last candles, smoothed, 0 to 100.",
              Group::momentum,
              {"k", "d"}},
             {length_parameter("k_period", 14, "Candles of the range."),
              length_parameter("k_slowing", 3, "Candles k is smoothed over."),
              length_parameter("d_period", 3, "Candles d is the mean of k over.")},
             [](const Parameters& p) {
               return Stochastic{length(p, "k_period"), length(p, "k_slowing"),
                                 length(p, "d_period")};
             }),
      define({"stochastic_rsi",
              "Stochastic RSI",
              "Where the RSI lies in its own range of the last candles, 0 to 100.",
              Group::momentum,
              {"k", "d"}},
             {period_parameter(14, 2), length_parameter("k_period", 14, "Candles of the range."),
              length_parameter("d_period", 3, "Candles d is the mean of k over.")},
             [](const Parameters& p) {
               return StochasticRsi{period(p), length(p, "k_period"), length(p, "d_period")};
             }),
      define({"williams_r", "Williams %R",
              "Where the close lies in the range of the last candles, -100 to 0.", Group::momentum},
             {period_parameter(14)}, over_period<WilliamsR>),
      define({"cci", "Commodity channel index",
              "Distance of the typical price from its mean, in mean deviations over 0.015.",
              Group::momentum},
             {period_parameter(20)}, over_period<Cci>),
      define({"aroon",
              "Aroon",
              "How recently the lowest low and the highest high came, 0 to 100.",
              Group::momentum,
              {"down", "up"}},
             {period_parameter(14)}, over_period<Aroon>),
      define(
          {"ultimate_oscillator", "Ultimate oscillator",
           "Buying pressure on three horizons, 0 to 100.", Group::momentum},
          {length_parameter("short", 7, "Candles of the shortest horizon."),
           length_parameter("medium", 14, "Candles of the medium horizon."),
           length_parameter("long", 28, "Candles of the longest horizon.")},
          [](const Parameters& p) {
            return UltimateOscillator{length(p, "short"), length(p, "medium"), length(p, "long")};
          },
          ascending_horizons),
  };
}

}  // namespace

std::vector<IndicatorDefinition> momentum_indicators() {
  auto list = changes();
  auto more = oscillators();
  list.insert(list.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
  return list;
}

}  // namespace hts::indicators
