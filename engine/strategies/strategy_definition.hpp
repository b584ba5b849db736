#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy.hpp"

namespace hts::strategies {

/// A strategy as the registry knows it: what CLI help, the API, forms and validation show, and how
/// to make one. Immutable.
struct StrategyDefinition {
  std::string name;                     ///< "volume_long_candle"
  std::string title;                    ///< for people
  std::string help;                     ///< one sentence
  std::vector<ParameterSchema> schema;  ///< in display order
  /// A new instance. Requires parameters resolved from this schema.
  AnyStrategy (*make)(const Parameters&) = nullptr;
};

template <Strategy S>
[[nodiscard]] StrategyDefinition define_strategy() {
  return {std::string{S::name}, std::string{S::title}, std::string{S::help}, S::schema(),
          &AnyStrategy::of<S>};
}

/// The built-in strategies in display order; they live as long as the program. Any thread.
[[nodiscard]] const std::vector<const StrategyDefinition*>& builtin_strategies();

/// Error: code invalid, field `strategy`, naming the known ones.
[[nodiscard]] result::Result<const StrategyDefinition*> find_strategy(std::string_view name);

}  // namespace hts::strategies
