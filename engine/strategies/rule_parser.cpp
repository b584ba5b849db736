#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "engine/json/json_text.hpp"
#include "engine/strategies/rule_json.hpp"
#include "engine/strategies/rule_operands.hpp"
#include "engine/strategies/rule_set.hpp"

namespace hts::strategies {
namespace {

using boost::json::object;
using boost::json::value;
using result::Result;

constexpr std::array<std::pair<std::string_view, Comparison>, 7> operators = {
    {{">", Comparison::above},
     {"<", Comparison::below},
     {">=", Comparison::at_least},
     {"<=", Comparison::at_most},
     {"==", Comparison::equal},
     {"cross_above", Comparison::crosses_above},
     {"cross_below", Comparison::crosses_below}}};

Result<Comparison> parse_operator(const value& content, const RulePath& path) {
  if (content.is_string()) {
    for (const auto& [name, comparison] : operators) {
      if (name == text_of(content)) return comparison;
    }
  }
  return path.wrong(
      "an operator must be one of \">\", \"<\", \">=\", \"<=\", \"==\", \"cross_above\", "
      "\"cross_below\".");
}

/// Builds one rule set by recursive descent, bounded by max_rule_depth.
class Reader {
 public:
  Result<RuleSet> read(const value& document) {
    const RulePath path{"rules"};
    const object* content = document.if_object();
    if (content == nullptr) {
      return path.wrong("the rules must be an object with \"entry\" and \"exit\".");
    }
    constexpr std::array<std::string_view, 7> keys = {"entry",
                                                      "exit",
                                                      "short_entry",
                                                      "short_exit",
                                                      "stop_loss_pct",
                                                      "take_profit_pct",
                                                      "trailing_stop_pct"};
    if (auto known = known_keys(*content, keys, path); !known) return std::move(known).error();
    auto& protection = rules_.protection;
    const std::array<std::pair<std::string_view, std::optional<std::size_t>*>, 4> conditions = {
        {{"entry", &rules_.entry},
         {"exit", &rules_.exit},
         {"short_entry", &rules_.short_entry},
         {"short_exit", &rules_.short_exit}}};
    for (const auto& [key, place] : conditions) {
      const value* given = content->if_contains(key);
      if (given == nullptr) continue;
      auto condition = read_condition(*given, path / key, 1);
      if (!condition) return std::move(condition).error();
      *place = *condition;
    }
    const std::array<std::tuple<std::string_view, double*, double>, 3> stops = {
        {{"stop_loss_pct", &protection.stop_loss, 100},
         {"take_profit_pct", &protection.take_profit, 10'000},
         {"trailing_stop_pct", &protection.trailing_stop, 100}}};
    for (const auto& [key, fraction, limit] : stops) {
      const value* given = content->if_contains(key);
      if (given == nullptr) continue;
      const auto percent = number_of(*given);
      if (!percent || !(*percent > 0 && *percent < limit)) {
        return (path / key)
            .wrong("it must be a percentage above 0 and below " + parameters::to_text(limit) +
                   ", for example 5 for 5 %.");
      }
      *fraction = *percent / 100;
    }
    if (!rules_.entry && !rules_.short_entry) {
      return (path / "entry")
          .wrong(
              "rules need an \"entry\" or a \"short_entry\", for example {\"entry\": {\"left\": "
              "\"close\", \"operator\": \"cross_above\", \"right\": {\"indicator\": \"sma\", "
              "\"params\": {\"period\": 20}}}}.");
    }
    return std::move(rules_);
  }

 private:
  using Condition = RuleSet::Condition;

  Result<std::size_t> add(Condition condition, const RulePath& path) {
    if (rules_.conditions.size() == max_rule_conditions) {
      return path.wrong("the rules have more than " + std::to_string(max_rule_conditions) +
                        " conditions; leave some out.");
    }
    rules_.conditions.push_back(std::move(condition));
    return rules_.conditions.size() - 1;
  }

  Result<std::size_t> read_condition(const value& content, const RulePath& path,
                                     std::size_t depth) {
    if (depth > max_rule_depth) {
      return path.wrong("conditions are nested deeper than " + std::to_string(max_rule_depth) +
                        "; make them flatter.");
    }
    const object* members = content.if_object();
    if (members == nullptr) {
      return path.wrong(
          "a condition is an object: {\"left\", \"operator\", \"right\"}, {\"and\": [...]}, "
          "{\"or\": [...]}, {\"not\": {...}} or a screener's {\"type\", \"operator\", \"value\"}.");
    }
    if (members->contains("and")) {
      return read_parts(*members, "and", Condition::Kind::all, path, depth);
    }
    if (members->contains("or")) {
      return read_parts(*members, "or", Condition::Kind::any, path, depth);
    }
    if (members->contains("not")) return read_negation(*members, path, depth);
    if (members->contains("type")) return read_screen(*members, path);
    return read_comparison(*members, path);
  }

  Result<std::size_t> read_parts(const object& members, std::string_view key, Condition::Kind kind,
                                 const RulePath& path, std::size_t depth) {
    if (auto known = known_keys(members, std::array{key}, path); !known) {
      return std::move(known).error();
    }
    const auto* list = members.at(key).if_array();
    if (list == nullptr || list->empty()) {
      return (path / key).wrong("it must be a list of at least one condition.");
    }
    Condition condition;
    condition.kind = kind;
    for (std::size_t i = 0; i < list->size(); ++i) {
      auto part = read_condition((*list)[i], (path / key)[i], depth + 1);
      if (!part) return part;
      condition.parts.push_back(*part);
    }
    return add(std::move(condition), path);
  }

  Result<std::size_t> read_negation(const object& members, const RulePath& path,
                                    std::size_t depth) {
    if (auto known = known_keys(members, std::array{std::string_view{"not"}}, path); !known) {
      return std::move(known).error();
    }
    auto part = read_condition(members.at("not"), path / "not", depth + 1);
    if (!part) return part;
    Condition condition;
    condition.kind = Condition::Kind::negation;
    condition.parts.push_back(*part);
    return add(std::move(condition), path);
  }

  Result<std::size_t> read_comparison(const object& members, const RulePath& path) {
    constexpr std::array<std::string_view, 3> keys = {"left", "operator", "right"};
    if (auto known = known_keys(members, keys, path); !known) return std::move(known).error();
    for (const auto key : keys) {
      if (members.contains(key)) continue;
      return (path / key)
          .wrong(
              "it is missing; a comparison is {\"left\": ..., \"operator\": \">\", \"right\": "
              "...}.");
    }
    Condition condition;
    auto comparison = parse_operator(members.at("operator"), path / "operator");
    if (!comparison) return std::move(comparison).error();
    condition.comparison = *comparison;
    auto left = operands_.read(members.at("left"), path / "left");
    if (!left) return std::move(left).error();
    auto right = operands_.read(members.at("right"), path / "right");
    if (!right) return std::move(right).error();
    condition.left = *left;
    condition.right = *right;
    if (!left->line && !right->line) {
      return path.wrong(
          "it compares two numbers, which never changes; compare with a price or an "
          "indicator.");
    }
    return add(std::move(condition), path);
  }

  Result<std::size_t> read_screen(const object& members, const RulePath& path);

  RuleSet rules_;
  OperandReader operands_{rules_};
};

/// A condition of the screener: a line of its own kind compared with `value`.
Result<std::size_t> Reader::read_screen(const object& members, const RulePath& path) {
  constexpr std::array<std::string_view, 5> keys = {"type", "operator", "value", "period",
                                                    "ma_periods"};
  if (auto known = known_keys(members, keys, path); !known) return std::move(known).error();
  const value& type = members.at("type");
  const std::string_view name = type.is_string() ? text_of(type) : std::string_view{};
  const bool alignment = name == "ma_alignment";
  auto line = operands_.read_screened(name, members, path);
  if (!line) return std::move(line).error();

  Condition condition;
  condition.left = *line;
  condition.comparison = Comparison::equal;
  if (const value* given = members.if_contains("operator"); given != nullptr || !alignment) {
    auto comparison = parse_operator(given != nullptr ? *given : value{}, path / "operator");
    if (!comparison) return std::move(comparison).error();
    condition.comparison = *comparison;
  }
  condition.right.number = 1;
  if (const value* given = members.if_contains("value"); given != nullptr || !alignment) {
    const auto number = given != nullptr ? number_of(*given) : std::nullopt;
    if (!number) return (path / "value").wrong("it must be the number to compare with.");
    condition.right.number = *number;
  }
  return add(std::move(condition), path);
}

}  // namespace

result::Result<RuleSet> parse_rules(std::string_view text) {
  const json::ParseLimits limits{parameters::max_text_bytes, 4 * max_rule_depth};
  auto document = json::parse_json(text, limits);
  if (!document) {
    return result::make_error(document.error().code, "rules: " + document.error().message,
                              "params.rules");
  }
  return Reader{}.read(*document);
}

}  // namespace hts::strategies
