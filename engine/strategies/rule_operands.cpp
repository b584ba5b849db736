#include "engine/strategies/rule_operands.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hts::strategies {

using boost::json::object;
using boost::json::value;
using result::Result;
using Operand = RuleSet::Operand;

namespace {

Result<std::size_t> read_shift(const object& members, const RulePath& path) {
  const value* given = members.if_contains("shift");
  if (given == nullptr) return std::size_t{0};
  if (!given->is_int64() || given->get_int64() < 0 ||
      given->get_int64() > static_cast<std::int64_t>(max_rule_shift)) {
    return (path / "shift")
        .wrong("it must be a whole number of candles back, 0 to " + std::to_string(max_rule_shift) +
               ".");
  }
  return static_cast<std::size_t>(given->get_int64());
}

Result<std::vector<parameters::NamedValue>> read_params(const value& content,
                                                        const RulePath& path) {
  const object* members = content.if_object();
  if (members == nullptr) {
    return path.wrong("it must be an object of names and values, for example {\"period\": 20}.");
  }
  std::vector<parameters::NamedValue> given;
  for (const auto& member : *members) {
    std::string name{member.key().data(), member.key().size()};
    const value& one = member.value();
    if (one.is_bool()) {
      given.emplace_back(std::move(name), one.get_bool());
    } else if (one.is_int64()) {
      given.emplace_back(std::move(name), std::int64_t{one.get_int64()});
    } else if (const auto number = number_of(one)) {
      given.emplace_back(std::move(name), *number);
    } else if (one.is_string()) {
      given.emplace_back(std::move(name), std::string{text_of(one)});
    } else {
      return (path / name).wrong("a parameter is a number or a text.");
    }
  }
  return given;
}

Result<std::size_t> read_output(const object& members,
                                const indicators::IndicatorDefinition& definition,
                                const RulePath& path) {
  const value* given = members.if_contains("output");
  const auto& outputs = definition.outputs;
  if (given == nullptr) return std::size_t{0};
  if (given->is_string()) {
    const auto found = std::find(outputs.begin(), outputs.end(), text_of(*given));
    if (found != outputs.end()) return static_cast<std::size_t>(found - outputs.begin());
  }
  const std::vector<std::string_view> names(outputs.begin(), outputs.end());
  return (path / "output")
      .wrong(definition.name + " has no such output; it has " + joined(names) + ".");
}

/// In candles; the screener's 1D, 1W and 1M are what they say on candles of a day.
Result<std::int64_t> read_screen_period(const object& members, const RulePath& path) {
  const value* given = members.if_contains("period");
  if (given == nullptr) return std::int64_t{1};
  if (given->is_int64()) return std::int64_t{given->get_int64()};
  if (given->is_string()) {
    if (text_of(*given) == "1D") return std::int64_t{1};
    if (text_of(*given) == "1W") return std::int64_t{7};
    if (text_of(*given) == "1M") return std::int64_t{30};
  }
  return (path / "period").wrong("it must be a number of candles, or 1D, 1W or 1M for 1, 7 or 30.");
}

Result<std::vector<std::int64_t>> read_ma_periods(const object& members,
                                                  std::vector<std::int64_t> otherwise,
                                                  const RulePath& path) {
  const value* given = members.if_contains("ma_periods");
  if (given == nullptr) return otherwise;
  std::vector<std::int64_t> periods;
  if (const auto* list = given->if_array()) {
    for (const value& period : *list) {
      if (period.is_int64()) periods.push_back(period.get_int64());
    }
    if (periods.size() == list->size() && !periods.empty()) return periods;
  }
  return (path / "ma_periods")
      .wrong("it must be a list of lengths in candles, for example [5, 20, 60].");
}

}  // namespace

Result<Operand> OperandReader::read(const value& content, const RulePath& path) {
  if (const auto number = number_of(content)) return Operand{*number, std::nullopt, 0};
  if (content.is_string()) return read_price(content, 0, path);
  const object* members = content.if_object();
  if (members == nullptr) {
    return path.wrong(
        "it must be a number, \"close\" (open, high, low, volume) or {\"indicator\": \"sma\", "
        "\"params\": {...}}.");
  }
  if (const value* price = members->if_contains("price")) {
    constexpr std::array<std::string_view, 2> keys = {"price", "shift"};
    if (auto known = known_keys(*members, keys, path); !known) return std::move(known).error();
    auto shift = read_shift(*members, path);
    if (!shift) return std::move(shift).error();
    return read_price(*price, *shift, path / "price");
  }
  return read_indicator(*members, path);
}

Result<Operand> OperandReader::read_price(const value& content, std::size_t shift,
                                          const RulePath& path) {
  const auto source = content.is_string() ? indicators::parse_source(text_of(content))
                                          : std::optional<indicators::Source>{};
  if (!source) {
    return path.wrong((content.is_string() ? quoted(text_of(content)) + " is no" : "it must be a") +
                      " number of a candle; use one of " + std::string{indicators::source_names()} +
                      ", or {\"indicator\": NAME} for an indicator.");
  }
  return use_line({*source, std::nullopt, 0, 0}, shift);
}

Result<Operand> OperandReader::read_indicator(const object& members, const RulePath& path) {
  constexpr std::array<std::string_view, 4> keys = {"indicator", "params", "output", "shift"};
  if (auto known = known_keys(members, keys, path); !known) return std::move(known).error();
  const value* name = members.if_contains("indicator");
  if (name == nullptr || !name->is_string()) {
    return (path / "indicator").wrong("it must be the name of an indicator, for example \"sma\".");
  }
  const auto found = indicators::find_indicator(text_of(*name));
  if (!found) return (path / "indicator").wrong(found.error().message);
  std::vector<parameters::NamedValue> given;
  if (const value* params = members.if_contains("params")) {
    auto read = read_params(*params, path / "params");
    if (!read) return std::move(read).error();
    given = std::move(read).value();
  }
  auto output = read_output(members, **found, path);
  if (!output) return std::move(output).error();
  auto shift = read_shift(members, path);
  if (!shift) return std::move(shift).error();
  auto resolved = indicators::resolve(**found, given);
  if (!resolved) {
    // Its field begins with "params." too.
    const std::string name = resolved.error().field.substr(sizeof("params.") - 1);
    return (path / "params" / name).wrong(resolved.error().message);
  }
  return use_indicator(**found, std::move(resolved).value(), *output, *shift, path);
}

Result<Operand> OperandReader::use_indicator(const indicators::IndicatorDefinition& definition,
                                             parameters::Parameters parameters, std::size_t output,
                                             std::size_t shift, const RulePath& path) {
  auto& all = rules_->indicators;
  const auto same = std::find_if(all.begin(), all.end(), [&](const auto& used) {
    return used.definition == &definition && used.parameters.values() == parameters.values();
  });
  const auto place = static_cast<std::size_t>(same - all.begin());
  if (same == all.end()) {
    if (all.size() == max_rule_indicators) {
      return path.wrong("the rules use more than " + std::to_string(max_rule_indicators) +
                        " different indicators; leave some out.");
    }
    all.push_back({&definition, std::move(parameters)});
  }
  return use_line({indicators::Source::close, place, output, 0}, shift);
}

/// The line that looks at the same thing, remembered far enough.
Operand OperandReader::use_line(RuleSet::Line line, std::size_t shift) {
  auto& all = rules_->lines;
  auto same = std::find_if(all.begin(), all.end(), [&](const RuleSet::Line& other) {
    return other.price == line.price && other.indicator == line.indicator &&
           other.output == line.output;
  });
  if (same == all.end()) same = all.insert(all.end(), line);
  same->longest_shift = std::max(same->longest_shift, shift);
  return {0, static_cast<std::size_t>(same - all.begin()), shift};
}

Result<RuleSet::Operand> OperandReader::read_screened(std::string_view type, const object& members,
                                                      const RulePath& path) {
  const auto with = [&](const char* indicator, std::string_view key,
                        const std::vector<parameters::NamedValue>& given) -> Result<Operand> {
    const auto& definition = **indicators::find_indicator(indicator);
    auto resolved = indicators::resolve(definition, given);
    if (!resolved) return (path / key).wrong(resolved.error().message);
    return use_indicator(definition, std::move(resolved).value(), 0, 0, path);
  };
  if (type == "ma_divergence") {
    auto periods = read_ma_periods(members, {20}, path);
    if (!periods) return std::move(periods).error();
    return with("ma_divergence", "ma_periods", {{"period", periods->front()}});
  }
  if (type == "ma_alignment") {
    auto periods = read_ma_periods(members, {5, 20, 60}, path);
    if (!periods) return std::move(periods).error();
    if (periods->size() != 3) {
      return (path / "ma_periods")
          .wrong("an alignment is of three averages, for example [5, 20, 60].");
    }
    return with("ma_alignment", "ma_periods",
                {{"short", (*periods)[0]}, {"medium", (*periods)[1]}, {"long", (*periods)[2]}});
  }
  auto period = read_screen_period(members, path);
  if (!period) return std::move(period).error();
  if (type == "change_rate") return with("change_rate", "period", {{"period", *period}});
  if (type == "trade_amount") return with("trade_amount", "period", {{"period", *period}});
  if (type == "volume") {
    return with("sum", "period", {{"period", *period}, {"source", std::string{"volume"}}});
  }
  return (path / "type")
      .wrong("it must be one of change_rate, volume, trade_amount, ma_divergence, ma_alignment.");
}

}  // namespace hts::strategies
