#include "engine/backtest/portfolio_task.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using strategies::NamedValue;
using strategies::StrategyDefinition;
using Definitions = std::vector<const StrategyDefinition*>;

Result<Definitions> find_strategies(const RawBacktestRequest& raw) {
  Definitions found;
  std::set<std::string> seen;
  if (raw.more_strategies.size() >= max_strategies) {
    return make_error(
        ErrorCode::invalid,
        "A run takes at most " + std::to_string(max_strategies) + " strategies: leave some out.",
        "strategies");
  }
  std::vector<std::string> names = {raw.strategy};
  names.insert(names.end(), raw.more_strategies.begin(), raw.more_strategies.end());
  for (const std::string& name : names) {
    auto definition = strategies::find_strategy(name);
    if (!definition) return std::move(definition).error();
    if (!seen.insert(name).second) {
      return make_error(ErrorCode::invalid,
                        "The strategy " + name + " is named twice: name each once.", "strategies");
    }
    found.push_back(*definition);
  }
  return found;
}

bool has_parameter(const StrategyDefinition& definition, std::string_view name) {
  return std::any_of(definition.schema.begin(), definition.schema.end(),
                     [&](const auto& parameter) { return parameter.name == name; });
}

/// Values of `over` instead of those of the same name. What `over` has twice stays there twice, so
/// that resolving refuses it.
std::vector<NamedValue> laid_over(std::vector<NamedValue> base,
                                  const std::vector<NamedValue>& over) {
  std::erase_if(base, [&](const NamedValue& value) {
    return std::any_of(over.begin(), over.end(),
                       [&](const NamedValue& other) { return other.first == value.first; });
  });
  base.insert(base.end(), over.begin(), over.end());
  return base;
}

/// What of `given` is for one of the strategies: its own over those for all.
Result<std::vector<NamedValue>> meant_for(const StrategyDefinition& definition,
                                          const Definitions& all,
                                          const std::vector<NamedValue>& given) {
  std::vector<NamedValue> general;
  std::vector<NamedValue> own;
  for (const auto& [name, value] : given) {
    const auto dot = name.find('.');
    const auto has = [&](const auto* one) { return has_parameter(*one, name); };
    if (dot == std::string::npos) {
      if (all.size() == 1 || has(&definition)) {
        general.emplace_back(name, value);
      } else if (std::none_of(all.begin(), all.end(), has)) {
        return make_error(ErrorCode::invalid,
                          "No strategy of this run has a parameter '" + name +
                              "': 'hts strategies' lists the parameters of each.",
                          "params." + name);
      }
      continue;
    }
    const std::string_view strategy = std::string_view{name}.substr(0, dot);
    if (strategy == definition.name) {
      own.emplace_back(name.substr(dot + 1), value);
    } else if (std::none_of(all.begin(), all.end(),
                            [&](const auto* one) { return one->name == strategy; })) {
      return make_error(ErrorCode::invalid,
                        "The parameter '" + name +
                            "' names a strategy that is not in this run: "
                            "write STRATEGY.PARAMETER or PARAMETER alone.",
                        "params." + name);
    }
  }
  return laid_over(std::move(general), own);
}

using BySymbol = std::map<market::Symbol, std::vector<NamedValue>>;

Result<BySymbol> read_symbol_params(const RawBacktestRequest& raw,
                                    const std::vector<market::Symbol>& symbols) {
  BySymbol by_symbol;
  for (const SymbolParameters& given : raw.symbol_params) {
    const std::string field = "symbol_params." + given.symbol;
    auto symbol = market::Symbol::parse(given.symbol);
    if (!symbol || std::find(symbols.begin(), symbols.end(), *symbol) == symbols.end()) {
      return make_error(
          ErrorCode::invalid,
          "symbol_params names " + given.symbol + ", which is not among the symbols of the run.",
          field);
    }
    auto& own = by_symbol[*symbol];
    own.insert(own.end(), given.params.begin(), given.params.end());
  }
  return by_symbol;
}

Result<std::set<market::Symbol>> read_disabled(const RawBacktestRequest& raw,
                                               const std::vector<market::Symbol>& symbols) {
  std::set<market::Symbol> disabled;
  for (std::size_t i = 0; i < raw.disabled_symbols.size(); ++i) {
    auto symbol = market::Symbol::parse(raw.disabled_symbols[i]);
    if (!symbol || std::find(symbols.begin(), symbols.end(), *symbol) == symbols.end()) {
      return make_error(ErrorCode::invalid,
                        "disabled_symbols names " + raw.disabled_symbols[i] +
                            ", which is not among the symbols of the run.",
                        "disabled_symbols[" + std::to_string(i) + "]");
    }
    disabled.insert(std::move(symbol).value());
  }
  if (disabled.size() == symbols.size()) {
    return make_error(ErrorCode::invalid,
                      "disabled_symbols leaves no symbol to trade: take one out.",
                      "disabled_symbols");
  }
  return disabled;
}

Result<strategies::Parameters> resolve_slot(const StrategyDefinition& definition,
                                            const Definitions& all, const RawBacktestRequest& raw,
                                            const market::Symbol& symbol,
                                            const BySymbol& by_symbol) {
  auto given = meant_for(definition, all, raw.params);
  if (!given) return std::move(given).error();
  const auto own = by_symbol.find(symbol);
  if (own == by_symbol.end()) return strategies::resolve_for(definition, *given);
  const auto in_symbol = [&](result::Error error) {
    constexpr std::string_view plain = "params.";
    if (error.field.starts_with(plain)) {
      error.field = "symbol_params." + symbol.text() + "." + error.field.substr(plain.size());
    }
    error.message = symbol.text() + ": " + error.message;
    return error;
  };
  auto special = meant_for(definition, all, own->second);
  if (!special) return in_symbol(std::move(special).error());
  auto resolved = strategies::resolve_for(definition, laid_over(std::move(*given), *special));
  if (!resolved) return in_symbol(std::move(resolved).error());
  return resolved;
}

}  // namespace

Result<PortfolioTask> make_portfolio_task(const RawBacktestRequest& raw,
                                          const std::vector<market::Symbol>& symbols) {
  auto definitions = find_strategies(raw);
  if (!definitions) return std::move(definitions).error();
  // The general values are checked first, whatever the symbols put over them.
  for (const auto* definition : *definitions) {
    auto resolved = resolve_slot(*definition, *definitions, raw, symbols.front(), {});
    if (!resolved) return std::move(resolved).error();
  }
  auto by_symbol = read_symbol_params(raw, symbols);
  if (!by_symbol) return std::move(by_symbol).error();
  auto disabled = read_disabled(raw, symbols);
  if (!disabled) return std::move(disabled).error();
  auto options = read_portfolio_options(raw.portfolio);
  if (!options) return std::move(options).error();

  PortfolioTask task;
  task.plan.settings = options->settings;
  for (const market::Symbol& symbol : symbols) {
    if (disabled->contains(symbol)) continue;
    const std::size_t place = task.plan.symbols.size();
    task.plan.symbols.push_back(symbol);
    if (const auto lot = options->lots.find(symbol); lot != options->lots.end()) {
      task.plan.lots.emplace(place, lot->second);
    }
    for (const auto* definition : *definitions) {
      auto parameters = resolve_slot(*definition, *definitions, raw, symbol, *by_symbol);
      if (!parameters) return std::move(parameters).error();
      task.plan.slots.push_back({place, definition, std::move(parameters).value()});
    }
  }
  for (const auto& [symbol, lot] : options->lots) {
    if (std::find(symbols.begin(), symbols.end(), symbol) != symbols.end()) continue;
    return make_error(ErrorCode::invalid,
                      "portfolio gives a lot of " + symbol.text() +
                          ", which is not among the symbols of the run.",
                      "portfolio.lot");
  }
  task.options = std::move(options).value();
  return task;
}

std::vector<NamedValue> shown_parameters(const PortfolioTask& task) {
  // The first symbol's stand for all; of the others only what differs is shown with its name.
  const auto& slots = task.plan.slots;
  const bool several = slots.size() > 1 && slots[1].symbol == slots[0].symbol;
  std::map<std::string, strategies::ParameterValue> shown;
  std::vector<NamedValue> all;
  for (const StrategySlot& slot : slots) {
    for (const auto& [parameter, value] : slot.parameters.values()) {
      const std::string name = several ? slot.definition->name + "." + parameter : parameter;
      const auto [known, is_new] = shown.emplace(name, value);
      if (is_new) {
        all.emplace_back(name, value);
      } else if (known->second != value) {
        all.emplace_back(task.plan.symbols[slot.symbol].text() + ":" + name, value);
      }
    }
  }
  return all;
}

}  // namespace hts::backtest
