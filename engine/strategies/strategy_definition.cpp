#include "engine/strategies/strategy_definition.hpp"

#include <array>
#include <memory>
#include <utility>

#include "engine/strategies/bollinger_breakout.hpp"
#include "engine/strategies/buy_and_hold.hpp"
#include "engine/strategies/donchian_breakout.hpp"
#include "engine/strategies/ema_cross.hpp"
#include "engine/strategies/macd_cross.hpp"
#include "engine/strategies/rsi_reversal.hpp"
#include "engine/strategies/rules.hpp"
#include "engine/strategies/sma_cross.hpp"
#include "engine/strategies/volume_long_candle.hpp"
#include "engine/strategies/volume_zone_breakout.hpp"

namespace hts::strategies {
namespace {

std::vector<std::unique_ptr<const StrategyDefinition>>& registered() {
  static std::vector<std::unique_ptr<const StrategyDefinition>> definitions;
  return definitions;
}

}  // namespace

const std::vector<const StrategyDefinition*>& builtin_strategies() {
  static const std::array definitions = {
      define_strategy<VolumeLongCandle>(),  define_strategy<VolumeZoneBreakout>(),
      define_strategy<SmaCross>(),          define_strategy<EmaCross>(),
      define_strategy<RsiReversal>(),       define_strategy<MacdCross>(),
      define_strategy<BollingerBreakout>(), define_strategy<DonchianBreakout>(),
      define_strategy<BuyAndHold>(),        define_strategy<Rules>()};
  static const std::vector<const StrategyDefinition*> all = [] {
    std::vector<const StrategyDefinition*> list;
    for (const auto& definition : definitions) list.push_back(&definition);
    return list;
  }();
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

result::Status register_strategy(StrategyDefinition definition) {
  for (const auto* other : all_strategies()) {
    if (other->name != definition.name) continue;
    return result::make_error(result::ErrorCode::conflict,
                              "The strategy " + definition.name + " of " + definition.origin +
                                  " has the name of " +
                                  (other->origin.empty() ? std::string{"a built-in strategy"}
                                                         : "the one of " + other->origin) +
                                  ": give it another name and build it again.",
                              "strategy");
  }
  registered().push_back(std::make_unique<const StrategyDefinition>(std::move(definition)));
  return result::success();
}

std::vector<const StrategyDefinition*> all_strategies() {
  auto all = builtin_strategies();
  for (const auto& definition : registered()) all.push_back(definition.get());
  return all;
}

result::Result<const StrategyDefinition*> find_strategy(std::string_view name) {
  std::string known;
  for (const auto* definition : all_strategies()) {
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
