#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/column_cache.hpp"
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
  /// A new instance. Requires parameters resolved from this schema that pass `check`.
  std::function<AnyStrategy(const Parameters&)> make;
  /// What no single parameter's range can say (fast below slow, rules that make sense). Errors:
  /// code invalid with the field `params.NAME`. Empty: nothing to check.
  std::function<result::Status(const Parameters&)> check;
  /// How many candles pass before the first one that can give a signal. Empty: none. Must not
  /// throw.
  std::function<std::size_t(const Parameters&)> warm_up;
  /// Names of the numbers that it passes to Context::look_at, indicators as operand_text writes
  /// them. Empty: it tells none.
  std::function<std::vector<std::string>(const Parameters&)> operands;
  /// It gives orders of its own or reads its position (Context::desk), so a simulation goes with
  /// it candle by candle and the signal study is not for it.
  bool uses_orders = false;
  /// Appends the same signals as a new instance's `scan` of all these candles, faster when many
  /// instances go over the same candles: what they have in common comes from the cache. Nothing
  /// when the cache's work was cancelled. Empty: there is no faster way.
  std::function<void(const Parameters&, market::CandleView, ColumnCache&,
                     std::vector<IndexedSignal>&)>
      scan_columns;
  std::string origin;       ///< the file of a strategy from outside; empty for a built-in one
  std::string fingerprint;  ///< of the code in that file, "sha256:..."; empty for a built-in one
};

/// From the class; what it declares beyond the concept is optional: `static result::Status
/// check(const Parameters&)`, `static std::size_t warm_up(const Parameters&)`, `static
/// std::vector<std::string> operands(const Parameters&)`, `static constexpr bool uses_orders`,
/// `static void scan_columns(const Parameters&, market::CandleView, ColumnCache&,
/// std::vector<IndexedSignal>&)`.
template <Strategy S>
[[nodiscard]] StrategyDefinition define_strategy() {
  StrategyDefinition definition;
  definition.name = S::name;
  definition.title = S::title;
  definition.help = S::help;
  definition.schema = S::schema();
  definition.make = &AnyStrategy::of<S>;
  if constexpr (requires(const Parameters& parameters) { S::check(parameters); }) {
    definition.check = &S::check;
  }
  if constexpr (requires(const Parameters& parameters) { S::warm_up(parameters); }) {
    definition.warm_up = &S::warm_up;
  }
  if constexpr (requires(const Parameters& parameters) { S::operands(parameters); }) {
    definition.operands = &S::operands;
  }
  if constexpr (requires { S::uses_orders; }) definition.uses_orders = S::uses_orders;
  if constexpr (requires { &S::scan_columns; }) definition.scan_columns = &S::scan_columns;
  return definition;
}

/// `resolve` and `check` in one: a full, valid set for this strategy.
[[nodiscard]] result::Result<Parameters> resolve_for(const StrategyDefinition& definition,
                                                     const std::vector<NamedValue>& given);

/// The built-in strategies in display order; they live as long as the program. Any thread.
[[nodiscard]] const std::vector<const StrategyDefinition*>& builtin_strategies();

/// Adds a strategy from outside to those that `find_strategy` knows; it lives as long as the
/// program. Only before threads are started: from then on the set is immutable, and reading it
/// needs no lock. Error: conflict when the name is taken.
[[nodiscard]] result::Status register_strategy(StrategyDefinition definition);

/// The built-in ones, then those that were registered, in that order.
[[nodiscard]] std::vector<const StrategyDefinition*> all_strategies();

/// Error: code invalid, field `strategy`, naming the known ones.
[[nodiscard]] result::Result<const StrategyDefinition*> find_strategy(std::string_view name);

}  // namespace hts::strategies
