#include "engine/strategies/strategy_definition.hpp"

#include <utility>

#include "engine/strategies/volume_long_candle.hpp"
#include "engine/strategies/volume_zone_breakout.hpp"

namespace hts::strategies {

const std::vector<const StrategyDefinition*>& builtin_strategies() {
  static const StrategyDefinition long_candle = define_strategy<VolumeLongCandle>();
  static const StrategyDefinition zone_breakout = define_strategy<VolumeZoneBreakout>();
  static const std::vector<const StrategyDefinition*> all = {&long_candle, &zone_breakout};
  return all;
}

result::Result<Parameters> resolve_for(const StrategyDefinition& definition,
                                       const std::vector<NamedValue>& given) {
  auto parameters = resolve(definition.schema, given);
  if (!parameters || !definition.check) return parameters;
  auto checked = definition.check(*parameters);
  if (!checked) return std::move(checked).error();
  return parameters;
}

result::Result<const StrategyDefinition*> find_strategy(std::string_view name) {
  std::string known;
  for (const auto* definition : builtin_strategies()) {
    if (definition->name == name) return definition;
    if (!known.empty()) known += ", ";
    known += definition->name;
  }
  return result::make_error(
      result::ErrorCode::invalid,
      "There is no strategy \"" + std::string{name} + "\"; the strategies are " + known + ".",
      "strategy");
}

}  // namespace hts::strategies
