#include "adapters/cli/search_options.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "adapters/cli/portfolio_options.hpp"
#include "adapters/cli/rules_file.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::ErrorCode;
using result::make_error;
using result::Result;

/// The axis `rules` with the content of each file.
Result<backtest::ParameterAxis> read_rules(const std::vector<std::string>& paths,
                                           const strategies::StrategyDefinition& definition) {
  std::vector<strategies::ParameterValue> contents;
  for (const auto& path : paths) {
    auto rules = read_rules_file(path);
    if (!rules) return std::move(rules).error();
    if (auto checked = strategies::resolve_for(definition, {*rules}); !checked) {
      return std::move(checked).error();
    }
    contents.push_back(std::move(rules->second));
  }
  return backtest::ParameterAxis::listed("rules", std::move(contents));
}

Result<backtest::SearchSpace> read_space(const options::variables_map& values,
                                         const strategies::StrategyDefinition& definition) {
  std::vector<std::string> assignments;
  if (values.count("param") > 0) assignments = values["param"].as<std::vector<std::string>>();
  auto space = backtest::SearchSpace::parse(definition, assignments);
  if (!space || values.count("rules") == 0) return space;
  auto axes = space->axes();
  for (const auto& axis : axes) {
    if (axis.name() != "rules") continue;
    return make_error(ErrorCode::invalid,
                      "The rules are given by --rules and by --param: leave one out.", "rules");
  }
  auto rules = read_rules(values["rules"].as<std::vector<std::string>>(), definition);
  if (!rules) return std::move(rules).error();
  if (space->combinations() > (std::uint64_t{1} << 62U) / rules->size()) {
    return make_error(ErrorCode::too_large, "These are too many combinations: take wider steps.",
                      "param");
  }
  // First, so that neighbours in the walk are of the same rules.
  axes.insert(axes.begin(), std::move(rules).value());
  return backtest::SearchSpace{std::move(axes)};
}

/// The request without symbols.
Result<backtest::SweepRequest> read_all_but_symbols(const options::variables_map& values) {
  auto definition = strategies::find_strategy(values["strategy"].as<std::string>());
  if (!definition) return std::move(definition).error();
  auto space = read_space(values, **definition);
  if (!space) return std::move(space).error();
  auto objective =
      backtest::Objective::by(values["by"].as<std::string>(), values.count("minimize") > 0);
  if (!objective) return std::move(objective).error();
  auto account = read_portfolio_options(values);
  if (!account) return std::move(account).error();
  if (account->both_intrabar) {
    return make_error(ErrorCode::invalid,
                      "A search needs one answer for each combination: --intrabar pessimistic or "
                      "optimistic.",
                      "portfolio.intrabar");
  }

  backtest::SweepRequest request{{}, std::move(space).value(), {}};
  request.plan.settings = account->settings;
  // The first slot carries the strategy; each symbol gets its own once symbols are known.
  request.plan.slots.push_back({0, *definition, {}});
  request.trials.objective = *objective;
  request.trials.confirmed = values.count("yes") > 0;
  if (values.count("random") > 0) {
    const auto count = values["random"].as<std::uint64_t>();
    if (count == 0) {
      return make_error(ErrorCode::invalid, "--random must be a number of trials, at least 1.",
                        "random");
    }
    request.trials.sample = backtest::RandomSample{count, values["seed"].as<std::uint64_t>()};
  }
  return request;
}

}  // namespace

void add_search_options(options::options_description& description) {
  description.add_options()("strategy", options::value<std::string>()->required(),
                            "name of the strategy; 'hts strategies' lists them")(
      "param", options::value<std::vector<std::string>>(),
      "NAME=FIRST:LAST:STEP, NAME=V,V,V or NAME=V, once for each parameter")(
      "rules", options::value<std::vector<std::string>>(),
      "file with conditions of the strategy 'rules' (JSON); several are compared")(
      "random", options::value<std::uint64_t>(), "try so many combinations drawn at random")(
      "seed", options::value<std::uint64_t>()->default_value(1), "of the draw")(
      "by", options::value<std::string>()->default_value("sharpe_ratio"),
      "statistic that makes the best")("minimize", "the lowest is the best")(
      "yes", "try more than a million combinations")(
      "threads", options::value<std::uint32_t>()->default_value(0), "0: one for each core");
  add_portfolio_options(description);
}

result::Status check_search(const options::variables_map& values) {
  if (auto request = read_all_but_symbols(values); !request) return std::move(request).error();
  return result::success();
}

Result<backtest::SweepRequest> read_search(const options::variables_map& values,
                                           const MarketData& data) {
  auto request = read_all_but_symbols(values);
  if (!request) return request;
  auto& plan = request->plan;
  const auto account = read_portfolio_options(values);
  const auto* definition = plan.slots.front().definition;
  plan.symbols = data.symbols;
  plan.slots.clear();
  for (std::size_t i = 0; i < data.symbols.size(); ++i) {
    plan.slots.push_back({i, definition, {}});
    const auto own = account->lots.find(data.symbols[i]);
    if (own != account->lots.end()) plan.lots.emplace(i, own->second);
  }
  return request;
}

std::string text_of(const std::vector<strategies::NamedValue>& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    const auto shown = strategies::to_text(value);
    constexpr std::size_t longest = 60;
    text += (text.empty() ? "" : ", ") + name + "=" +
            (shown.size() > longest ? shown.substr(0, longest) + "..." : shown);
  }
  return text.empty() ? "defaults" : text;
}

}  // namespace hts::cli
