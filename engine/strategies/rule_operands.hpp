#pragma once

#include <cstddef>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/rule_json.hpp"
#include "engine/strategies/rule_set.hpp"

namespace hts::strategies {

/// Reads what rules compare: numbers, prices and indicators. Each thing looked at becomes one line
/// of the rule set, however often it is named.
class OperandReader {
 public:
  /// The rule set must outlive the reader.
  explicit OperandReader(RuleSet& rules) noexcept : rules_(&rules) {}

  /// `20`, `"close"`, `{"price": "close", "shift": 1}` or `{"indicator": "sma", "params": {...}}`.
  [[nodiscard]] result::Result<RuleSet::Operand> read(const boost::json::value& content,
                                                      const RulePath& path);
  /// What a screener's condition of this type looks at.
  [[nodiscard]] result::Result<RuleSet::Operand> read_screened(std::string_view type,
                                                               const boost::json::object& members,
                                                               const RulePath& path);

 private:
  result::Result<RuleSet::Operand> read_price(const boost::json::value& content, std::size_t shift,
                                              const RulePath& path);
  result::Result<RuleSet::Operand> read_indicator(const boost::json::object& members,
                                                  const RulePath& path);
  result::Result<RuleSet::Operand> use_indicator(const indicators::IndicatorDefinition& definition,
                                                 parameters::Parameters parameters,
                                                 std::size_t output, std::size_t shift,
                                                 const RulePath& path);
  RuleSet::Operand use_line(RuleSet::Line line, std::size_t shift);

  RuleSet* rules_;
};

}  // namespace hts::strategies
