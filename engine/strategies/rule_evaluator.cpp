#include "engine/strategies/rule_evaluator.hpp"

#include <algorithm>

namespace hts::strategies {

RuleEvaluator::RuleEvaluator(const RuleSet& rules)
    : crossings_(rules.conditions.size()), truths_(rules.conditions.size(), Truth::unknown) {
  for (const auto& used : rules.indicators) {
    indicators_.push_back(used.definition->make(used.parameters));
  }
  for (const auto& line : rules.lines) lines_.emplace_back(line.longest_shift + 1);
}

void RuleEvaluator::update(const RuleSet& rules, const market::Candle& candle) {
  for (auto& indicator : indicators_) indicator.update(candle);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const auto& line = rules.lines[i];
    lines_[i].push(line.indicator ? indicators_[*line.indicator].outputs()[line.output]
                                  : indicators::pick(candle, line.price));
  }
  for (std::size_t i = 0; i < truths_.size(); ++i) truths_[i] = judge(rules, i);
}

std::vector<double> RuleEvaluator::values() const {
  std::vector<double> values;
  for (const auto& line : lines_) values.push_back(line.back(0));
  return values;
}

RuleEvaluator::Truth RuleEvaluator::judge(const RuleSet& rules, std::size_t place) noexcept {
  using Kind = RuleSet::Condition::Kind;
  const auto& condition = rules.conditions[place];
  const auto some = [&](Truth wanted) {
    return std::any_of(condition.parts.begin(), condition.parts.end(),
                       [&](std::size_t part) { return truths_[part] == wanted; });
  };
  switch (condition.kind) {
    case Kind::all:
      return some(Truth::no) ? Truth::no : some(Truth::unknown) ? Truth::unknown : Truth::yes;
    case Kind::any:
      return some(Truth::yes) ? Truth::yes : some(Truth::unknown) ? Truth::unknown : Truth::no;
    case Kind::negation:
      return some(Truth::unknown) ? Truth::unknown : some(Truth::yes) ? Truth::no : Truth::yes;
    case Kind::comparison:
      return compare(condition, crossings_[place]);
  }
  return Truth::unknown;
}

RuleEvaluator::Truth RuleEvaluator::compare(const RuleSet::Condition& condition,
                                            Crossing& crossing) noexcept {
  const double left = value(condition.left);
  const double right = value(condition.right);
  const Cross cross = crossing.update(left, right);
  if (!indicators::has_value(left) || !indicators::has_value(right)) return Truth::unknown;
  const int side = side_of(left, right);
  bool holds = false;
  switch (condition.comparison) {
    case Comparison::above:
      holds = side > 0;
      break;
    case Comparison::below:
      holds = side < 0;
      break;
    case Comparison::at_least:
      holds = side >= 0;
      break;
    case Comparison::at_most:
      holds = side <= 0;
      break;
    case Comparison::equal:
      holds = side == 0;
      break;
    case Comparison::crosses_above:
      holds = cross == Cross::above;
      break;
    case Comparison::crosses_below:
      holds = cross == Cross::below;
      break;
  }
  return holds ? Truth::yes : Truth::no;
}

}  // namespace hts::strategies
