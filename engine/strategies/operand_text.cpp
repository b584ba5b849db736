#include "engine/strategies/operand_text.hpp"

namespace hts::strategies {
namespace {

std::string with_values(std::string_view name, const std::vector<parameters::NamedValue>& values) {
  std::string text{name};
  text += "(";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    text += values[i].first + "=" + parameters::to_text(values[i].second);
  }
  return text + ")";
}

}  // namespace

std::string operand_text(const indicators::IndicatorDefinition& definition,
                         const parameters::Parameters& parameters, std::size_t output) {
  const std::string text = with_values(definition.name, parameters.values());
  return definition.outputs.size() == 1 ? text : text + "." + definition.outputs[output];
}

std::string operand_text(std::string_view indicator,
                         const std::vector<parameters::NamedValue>& given,
                         std::string_view output) {
  std::string text = with_values(indicator, given);
  if (const auto definition = indicators::find_indicator(indicator)) {
    if (const auto full = indicators::resolve(**definition, given)) {
      text = with_values(indicator, full->values());
    }
  }
  return output.empty() ? text : text + "." + std::string{output};
}

std::vector<std::string> operand_texts(const RuleSet& rules) {
  std::vector<std::string> texts;
  for (const auto& line : rules.lines) {
    if (line.indicator) {
      const auto& used = rules.indicators[*line.indicator];
      texts.push_back(operand_text(*used.definition, used.parameters, line.output));
    } else {
      texts.emplace_back(indicators::source_name(line.price));
    }
  }
  return texts;
}

}  // namespace hts::strategies
