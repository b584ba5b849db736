#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/strategies/rule_set.hpp"

/// Names of what strategies look at, for explanations.
namespace hts::strategies {

/// `sma(period=10, source=close)`, and `macd(fast=12, slow=26, signal=9, source=close).signal` for
/// an indicator of several outputs. Requires parameters of the indicator and one of its outputs.
[[nodiscard]] std::string operand_text(const indicators::IndicatorDefinition& definition,
                                       const parameters::Parameters& parameters,
                                       std::size_t output = 0);

/// The same of a built-in indicator with these parameters and otherwise its defaults. An indicator,
/// a parameter or an output that there is not is named as it was given.
[[nodiscard]] std::string operand_text(std::string_view indicator,
                                       const std::vector<parameters::NamedValue>& given,
                                       std::string_view output = {});

/// What rules look at, a name for each line: `close`, `sma(period=10, source=close)`.
[[nodiscard]] std::vector<std::string> operand_texts(const RuleSet& rules);

}  // namespace hts::strategies
