#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/indicators/source.hpp"

/// How the built-in indicators are declared. Only for the files that declare them.
namespace hts::indicators {

using parameters::Parameters;
using parameters::ParameterSchema;

[[nodiscard]] std::vector<IndicatorDefinition> trend_indicators();
[[nodiscard]] std::vector<IndicatorDefinition> momentum_indicators();
[[nodiscard]] std::vector<IndicatorDefinition> volatility_indicators();
[[nodiscard]] std::vector<IndicatorDefinition> volume_indicators();
[[nodiscard]] std::vector<IndicatorDefinition> price_indicators();

inline constexpr double longest_period = 10'000;

/// A length in candles.
[[nodiscard]] ParameterSchema length_parameter(std::string name, std::int64_t default_value,
                                               std::string help, double minimum = 1);
/// "period": over how many candles.
[[nodiscard]] ParameterSchema period_parameter(std::int64_t default_value, double minimum = 1);
/// "source": which number of the candle.
[[nodiscard]] ParameterSchema source_parameter(std::string default_value = "close");

[[nodiscard]] result::Status check_source(const Parameters& parameters);
/// Error, field `params.LOWER`, unless the lower one is smaller.
[[nodiscard]] result::Status check_ascending(const Parameters& parameters, std::string_view lower,
                                             std::string_view upper);

[[nodiscard]] inline std::size_t length(const Parameters& parameters, std::string_view name) {
  return static_cast<std::size_t>(parameters.integer(name));
}
[[nodiscard]] inline std::size_t period(const Parameters& parameters) {
  return length(parameters, "period");
}

/// Makes an indicator whose constructor takes nothing but "period".
template <class I>
inline constexpr auto over_period =
    [](const Parameters& parameters) { return I{period(parameters)}; };

struct Description {
  std::string name;
  std::string title;
  std::string help;
  Group group;
  std::vector<std::string> outputs = {"value"};
};

namespace definition_detail {

template <class I>
inline constexpr bool of_series = requires(I indicator, double value) { indicator.update(value); };

/// The indicator that Make builds, as one of candles.
template <class Make>
[[nodiscard]] auto build(const Parameters& parameters) {
  auto indicator = Make{}(parameters);
  if constexpr (of_series<decltype(indicator)>) {
    return OnSource{std::move(indicator), *parse_source(parameters.text("source"))};
  } else {
    return indicator;
  }
}

template <class Make>
void fill(const Parameters& parameters, market::CandleView candles,
          std::span<std::span<double>> columns) {
  auto indicator = build<Make>(parameters);
  constexpr std::size_t count = output_count<decltype(indicator)>;
  std::array<double*, count> to{};
  for (std::size_t output = 0; output < count; ++output) to[output] = columns[output].data();
  const auto put = [&to](std::size_t i, const auto& value) {
    const auto values = outputs_of(value);
    for (std::size_t output = 0; output < count; ++output) to[output][i] = values[output];
  };
  if constexpr (of_series<decltype(Make{}(parameters))>) {
    const auto series = pick(candles, indicator.source());
    for (std::size_t i = 0; i < series.size(); ++i) put(i, indicator.indicator().update(series[i]));
  } else {
    for (std::size_t i = 0; i < candles.size(); ++i) put(i, indicator.update(candles[i]));
  }
}

template <class Make, class Check>
result::Status check(const Parameters& parameters) {
  if constexpr (of_series<decltype(Make{}(parameters))>) {
    if (auto sound = check_source(parameters); !sound) return sound;
  }
  return Check{}(parameters);
}

struct NothingToCheck {
  result::Status operator()(const Parameters& /*parameters*/) const { return result::success(); }
};

}  // namespace definition_detail

/// A definition from a function that makes the concrete indicator; one of a series gets the
/// parameter "source" besides.
template <class Make, class Check = definition_detail::NothingToCheck>
[[nodiscard]] IndicatorDefinition define(Description description,
                                         std::vector<ParameterSchema> schema, Make /*make*/,
                                         Check /*check*/ = {}, std::string source = "close") {
  using Indicator = decltype(definition_detail::build<Make>(std::declval<const Parameters&>()));
  if constexpr (definition_detail::of_series<decltype(Make{}(std::declval<const Parameters&>()))>) {
    schema.push_back(source_parameter(std::move(source)));
  }
  return {std::move(description.name),
          std::move(description.title),
          std::move(description.help),
          description.group,
          std::move(description.outputs),
          std::move(schema),
          &definition_detail::check<Make, Check>,
          [](const Parameters& parameters) {
            return AnyIndicator::of<Indicator>(definition_detail::build<Make>(parameters));
          },
          &definition_detail::fill<Make>};
}

}  // namespace hts::indicators
