#include "engine/indicators/indicator_definition.hpp"

#include <iterator>
#include <utility>

#include "engine/indicators/definition_groups.hpp"
#include "engine/indicators/warm_up.hpp"
#include "engine/parameters/nearest_name.hpp"

namespace hts::indicators {

std::string_view group_name(Group group) noexcept {
  switch (group) {
    case Group::trend:
      return "trend";
    case Group::momentum:
      return "momentum";
    case Group::volatility:
      return "volatility";
    case Group::volume:
      return "volume";
    case Group::price:
      return "price";
  }
  return "";
}

const std::vector<IndicatorDefinition>& builtin_indicators() {
  static const std::vector<IndicatorDefinition> all = [] {
    std::vector<IndicatorDefinition> list = trend_indicators();
    for (auto* group :
         {&momentum_indicators, &volatility_indicators, &volume_indicators, &price_indicators}) {
      auto more = group();
      list.insert(list.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
    }
    return list;
  }();
  return all;
}

result::Result<const IndicatorDefinition*> find_indicator(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& definition : builtin_indicators()) {
    if (definition.name == name) return &definition;
    names.push_back(definition.name);
  }
  const auto nearest = parameters::nearest_name(name, names);
  return result::make_error(
      result::ErrorCode::invalid,
      "There is no indicator \"" + std::string{name.substr(0, 40)} + "\"" +
          (nearest.empty() ? std::string{} : "; did you mean " + std::string{nearest} + "?") +
          (nearest.empty() ? ": " : " ") + "'hts indicators list' shows all.",
      "indicator");
}

result::Result<parameters::Parameters> resolve(const IndicatorDefinition& definition,
                                               const std::vector<parameters::NamedValue>& given) {
  auto resolved = parameters::resolve(definition.schema, given);
  if (!resolved || definition.check == nullptr) return resolved;
  auto checked = definition.check(*resolved);
  if (!checked) return std::move(checked).error();
  return resolved;
}

std::vector<std::size_t> warm_up(const IndicatorDefinition& definition,
                                 const parameters::Parameters& parameters) {
  // No indicator waits for more than some of its lengths added up.
  constexpr std::size_t longest = 200'000;
  const market::Candle flat{time::Timestamp{}, 1, 1, 1, 1, 1};
  auto indicator = definition.make(parameters);
  std::vector<std::size_t> first(definition.outputs.size(), longest);
  std::size_t waiting = first.size();
  for (std::size_t i = 0; waiting > 0 && i < longest; ++i) {
    const auto outputs = indicator.update(flat);
    for (std::size_t output = 0; output < first.size(); ++output) {
      if (first[output] != longest || !has_value(outputs[output])) continue;
      first[output] = i;
      --waiting;
    }
  }
  return first;
}

std::vector<std::vector<double>> compute(const IndicatorDefinition& definition,
                                         const parameters::Parameters& parameters,
                                         market::CandleView candles) {
  std::vector<std::vector<double>> columns(definition.outputs.size());
  std::vector<std::span<double>> spans;
  for (auto& column : columns) {
    column.assign(candles.size(), no_value);
    spans.emplace_back(column);
  }
  definition.fill(parameters, candles, spans);
  return columns;
}

}  // namespace hts::indicators
