#include <algorithm>
#include <limits>

#include "engine/strategies/rule_set.hpp"

namespace hts::strategies {
namespace {

constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

/// From which candle on a condition can be known to hold, and to fail.
struct Earliest {
  std::size_t holds = never;
  std::size_t fails = never;
};

std::size_t first_value(const RuleSet& rules, const RuleSet::Operand& operand) {
  if (!operand.line) return 0;
  const auto& line = rules.lines[*operand.line];
  if (!line.indicator) return operand.shift;
  const auto& used = rules.indicators[*line.indicator];
  return indicators::warm_up(*used.definition, used.parameters)[line.output] + operand.shift;
}

Earliest of_comparison(const RuleSet& rules, const RuleSet::Condition& condition) {
  const std::size_t known =
      std::max(first_value(rules, condition.left), first_value(rules, condition.right));
  const bool crosses = condition.comparison == Comparison::crosses_above ||
                       condition.comparison == Comparison::crosses_below;
  return {crosses ? known + 1 : known, known};
}

Earliest of_condition(const RuleSet& rules, const RuleSet::Condition& condition,
                      const std::vector<Earliest>& before) {
  using Kind = RuleSet::Condition::Kind;
  if (condition.kind == Kind::comparison) return of_comparison(rules, condition);
  if (condition.kind == Kind::negation) {
    const auto& part = before[condition.parts.front()];
    return {part.fails, part.holds};
  }
  const bool all = condition.kind == Kind::all;
  // All hold when the last one does; they fail together with the first.
  Earliest result{all ? 0 : never, all ? never : 0};
  for (const std::size_t place : condition.parts) {
    const auto& part = before[place];
    result.holds = all ? std::max(result.holds, part.holds) : std::min(result.holds, part.holds);
    result.fails = all ? std::min(result.fails, part.fails) : std::max(result.fails, part.fails);
  }
  return result;
}

}  // namespace

std::size_t warm_up(const RuleSet& rules) {
  std::vector<Earliest> earliest;
  for (const auto& condition : rules.conditions) {
    earliest.push_back(of_condition(rules, condition, earliest));
  }
  std::size_t first = never;
  if (rules.entry) first = std::min(first, earliest[*rules.entry].holds);
  if (rules.short_entry) first = std::min(first, earliest[*rules.short_entry].holds);
  return first == never ? 0 : first;
}

}  // namespace hts::strategies
