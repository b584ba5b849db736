#include "engine/indicators/channels.hpp"
#include "engine/indicators/compound_averages.hpp"
#include "engine/indicators/definition_groups.hpp"
#include "engine/indicators/directional_movement.hpp"
#include "engine/indicators/moving_averages.hpp"
#include "engine/indicators/parabolic_sar.hpp"
#include "engine/indicators/regression.hpp"
#include "engine/indicators/volatility.hpp"

namespace hts::indicators {
namespace {

std::vector<IndicatorDefinition> averages() {
  return {
      define({"sma", "Simple moving average", "Mean of the last values.", Group::trend},
             {period_parameter(20)}, over_period<Sma>),
      define(
          {"ema", "Exponential moving average",
           "Mean that forgets, with weight 2 / (period + 1) for the newest value.", Group::trend},
          {period_parameter(20)}, over_period<Ema>),
      define({"wilder", "Wilder's smoothing",
              "Mean that forgets, with weight 1 / period for the newest value.", Group::trend},
             {period_parameter(14)}, over_period<Wilder>),
      define({"wma", "Weighted moving average",
              "Mean in which the newest value counts most and the oldest once.", Group::trend},
             {period_parameter(20)}, over_period<Wma>),
      define({"dema", "Double exponential moving average",
              "2 EMA - EMA of EMA: an average with less lag.", Group::trend},
             {period_parameter(20)}, over_period<Dema>),
      define({"tema", "Triple exponential moving average",
              "3 EMA - 3 EMA of EMA + EMA of EMA of EMA.", Group::trend},
             {period_parameter(20)}, over_period<Tema>),
      define({"trima", "Triangular moving average",
              "Mean of means: the middle of the window counts most.", Group::trend},
             {period_parameter(20)}, over_period<Trima>),
      define({"kama", "Kaufman's adaptive moving average",
              "Follows fast in a trend and slowly in noise.", Group::trend},
             {period_parameter(10)}, over_period<Kama>),
      define({"hull_moving_average", "Hull moving average",
              "Weighted averages combined to cancel most of their lag.", Group::trend},
             {period_parameter(20, 2)}, over_period<HullMovingAverage>),
      define({"linear_regression", "Linear regression",
              "The end of the least-squares line through the last values.", Group::trend},
             {period_parameter(14, 2)}, over_period<LinearRegression>),
      define(
          {"linear_regression_slope", "Linear regression slope",
           "The rise per candle of the least-squares line through the last values.", Group::trend},
          {period_parameter(14, 2)}, over_period<LinearRegressionSlope>),
      define({"midpoint", "Midpoint", "Half-way between the highest and the lowest value.",
              Group::trend},
             {period_parameter(14)}, over_period<Midpoint>),
      define({"midprice", "Midprice", "Half-way between the highest high and the lowest low.",
              Group::trend},
             {period_parameter(14)}, over_period<Midprice>),
  };
}

std::vector<IndicatorDefinition> directions() {
  return {
      define({"adx", "Average directional index",
              "How strong the trend is, 0 to 100, whatever its direction.", Group::trend},
             {period_parameter(14, 2)}, over_period<Adx>),
      define({"adxr", "Average directional index rating",
              "Mean of the ADX now and period - 1 candles ago.", Group::trend},
             {period_parameter(14, 2)}, over_period<Adxr>),
      define({"dx", "Directional movement index",
              "How one-sided the movement is, 0 to 100, not smoothed.", Group::trend},
             {period_parameter(14, 2)}, over_period<Dx>),
      define({"plus_di", "Plus directional indicator",
              "Upward movement in percent of the true range.", Group::trend},
             {period_parameter(14, 2)}, over_period<PlusDi>),
      define({"minus_di", "Minus directional indicator",
              "Downward movement in percent of the true range.", Group::trend},
             {period_parameter(14, 2)}, over_period<MinusDi>),
      define({"parabolic_sar", "Parabolic stop and reverse",
              "A stop that closes in on the price and changes sides when touched.", Group::trend},
             {{"acceleration", 0.02, 0, 1, true, "fraction",
               "Part of the way to the extreme that the stop moves a candle, and its growth."},
              {"maximum", 0.2, 0, 1, true, "fraction", "Limit of the acceleration."}},
             [](const Parameters& p) {
               return ParabolicSar{p.number("acceleration"), p.number("maximum")};
             }),
      define({"supertrend",
              "Supertrend",
              "A stop some true ranges away that moves only with the trend; direction 1 up, -1 "
              "down.",
              Group::trend,
              {"value", "direction"}},
             {period_parameter(10),
              {"multiplier", 3.0, 0, 100, true, "multiple", "Average true ranges to the stop."}},
             [](const Parameters& p) { return Supertrend{period(p), p.number("multiplier")}; }),
      define({"ichimoku",
              "Ichimoku Kinko Hyo",
              "Conversion and base line and the cloud over the present candle.",
              Group::trend,
              {"conversion", "base", "span_a", "span_b"}},
             {length_parameter("conversion", 9, "Candles of the conversion line."),
              length_parameter("base", 26, "Candles of the base line."),
              length_parameter("span_b", 52, "Candles of the cloud's slower edge."),
              length_parameter("displacement", 26,
                               "How far ahead the cloud is drawn, the present candle counted.")},
             [](const Parameters& p) {
               return Ichimoku{length(p, "conversion"), length(p, "base"), length(p, "span_b"),
                               length(p, "displacement")};
             }),
  };
}

}  // namespace

std::vector<IndicatorDefinition> trend_indicators() {
  auto list = averages();
  auto more = directions();
  list.insert(list.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
  return list;
}

}  // namespace hts::indicators
