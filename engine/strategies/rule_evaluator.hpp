#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/indicators/any_indicator.hpp"
#include "engine/indicators/warm_up.hpp"
#include "engine/market/candle.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/rule_set.hpp"

namespace hts::strategies {

/// Follows the lines of a rule set candle by candle and says which conditions hold.
///
/// 1. A comparison is unknown while one of its lines has no value; `and` with one that fails,
/// fails,
///    `or` with one that holds, holds, all else with an unknown part is unknown. So `not` does not
///    turn "too early" into "yes".
/// 2. Each indicator is updated once a candle, whatever uses it.
///
/// O(indicators + conditions) a candle; no allocation after construction.
class RuleEvaluator {
 public:
  explicit RuleEvaluator(const RuleSet& rules);

  void update(const RuleSet& rules, const market::Candle& candle);
  /// On the last candle; a condition that is not given never holds.
  [[nodiscard]] bool holds(std::optional<std::size_t> condition) const noexcept {
    return condition && truths_[*condition] == Truth::yes;
  }

  /// The lines' values on the last candle.
  [[nodiscard]] std::vector<double> values() const;

  static void each(auto& self, auto& state) {
    state(self.indicators_, self.lines_, self.crossings_);
  }

 private:
  enum class Truth : unsigned char { no, yes, unknown };

  [[nodiscard]] double value(const RuleSet::Operand& operand) const noexcept {
    return operand.line ? lines_[*operand.line].back(operand.shift) : operand.number;
  }
  [[nodiscard]] Truth judge(const RuleSet& rules, std::size_t place) noexcept;
  [[nodiscard]] Truth compare(const RuleSet::Condition& condition, Crossing& crossing) noexcept;

  std::vector<indicators::AnyIndicator> indicators_;
  std::vector<indicators::Ring> lines_;
  std::vector<Crossing> crossings_;  ///< one a condition; only those of crossings are used
  std::vector<Truth> truths_;        ///< one a condition, of the last candle
};

}  // namespace hts::strategies
