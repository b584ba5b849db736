#include "engine/strategies/rules.hpp"

#include <string>
#include <utility>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {
namespace {

/// Empty ones when `check` refuses them.
RuleSet rules_of(const Parameters& parameters) {
  auto rules = parse_rules(parameters.text("rules"));
  return rules ? std::move(rules).value() : RuleSet{};
}

}  // namespace

std::vector<ParameterSchema> Rules::schema() {
  return {{"rules", std::string{"{}"}, 0, 0, false, "",
           "The conditions as JSON, for example {\"entry\": {\"left\": \"close\", \"operator\": "
           "\"cross_above\", \"right\": {\"indicator\": \"sma\"}}}."},
          hold_period_parameter()};
}

result::Status Rules::check(const Parameters& parameters) {
  auto rules = parse_rules(parameters.text("rules"));
  if (!rules) return std::move(rules).error();
  return result::success();
}

std::size_t Rules::warm_up(const Parameters& parameters) {
  const auto rules = parse_rules(parameters.text("rules"));
  return rules ? strategies::warm_up(*rules) : 0;
}

std::vector<std::string> Rules::operands(const Parameters& parameters) {
  return operand_texts(rules_of(parameters));
}

Rules::Rules(const Parameters& parameters) : Rules(rules_of(parameters)) {}

Rules::Rules(RuleSet rules) : rules_(std::move(rules)), evaluator_(rules_) {}

void Rules::on_candle(const market::Candle& candle, Context& context) {
  evaluator_.update(rules_, candle);
  if (context.is_watched()) context.look_at(evaluator_.values());
  const bool leave_long = evaluator_.holds(rules_.exit);
  const bool leave_short = evaluator_.holds(rules_.short_exit);
  const bool go_long = evaluator_.holds(rules_.entry) && !leave_long;
  const bool go_short = evaluator_.holds(rules_.short_entry) && !leave_short;
  if (go_long != go_short) {
    short_last_ = go_short;
    if (go_long) {
      context.buy(1, rules_.protection);
    } else {
      context.sell(1, rules_.protection);
    }
  } else if (leave_short && (short_last_ || !leave_long)) {
    context.exit_short();
  } else if (leave_long) {
    context.exit_long();
  }
}

std::vector<double> Rules::snapshot() const {
  return numbers_of(*this);
}

result::Status Rules::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
