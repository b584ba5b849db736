#include "adapters/cli/backtest_request_options.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/cli/portfolio_options.hpp"
#include "adapters/cli/rules_file.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using Texts = std::vector<std::string>;

Texts texts_of(const options::variables_map& values, const char* name) {
  return values.count(name) > 0 ? values[name].as<Texts>() : Texts{};
}

std::string option_text(const options::variables_map& values, const char* name) {
  return values.count(name) > 0 ? values[name].as<std::string>() : std::string{};
}

result::Status add_parameter(std::string_view typed, backtest::RawBacktestRequest& raw) {
  const auto colon = typed.find(':');
  const bool of_symbol = colon < typed.find('=');
  auto parameter = strategies::parse_assignment(of_symbol ? typed.substr(colon + 1) : typed);
  if (!parameter) return std::move(parameter).error();
  if (!of_symbol) {
    raw.params.push_back(std::move(parameter).value());
    return result::success();
  }
  const std::string symbol{typed.substr(0, colon)};
  auto own = std::find_if(raw.symbol_params.begin(), raw.symbol_params.end(),
                          [&](const auto& known) { return known.symbol == symbol; });
  if (own == raw.symbol_params.end()) {
    own = raw.symbol_params.insert(own, {symbol, {}});
  }
  own->params.push_back(std::move(parameter).value());
  return result::success();
}

}  // namespace

void add_request_options(options::options_description& description) {
  const auto texts = [] { return options::value<Texts>()->multitoken(); };
  description.add_options()("strategy", options::value<Texts>()->required(),
                            "name of the strategy; 'hts strategies' lists them; several trade on "
                            "one account (mode portfolio)")(
      "param", options::value<Texts>(),
      "key=value, once for each parameter; STRATEGY.key=value of several strategies, "
      "SYMBOL:key=value for one symbol (mode portfolio)")(
      "rules", options::value<std::string>(),
      "file with the conditions of the strategy 'rules' (JSON)")(
      "symbol", texts(), "symbols of the catalog, or one for each file")(
      "disable", options::value<Texts>(), "a symbol that is not traded (mode portfolio)")(
      "timeframe", options::value<std::string>()->default_value("1d"),
      "1m 3m 5m 10m 15m 30m 1h 4h 1d 1w")("from", options::value<std::string>(),
                                          "first day (Korea) YYYY-MM-DD, or ISO 8601 with offset")(
      "to", options::value<std::string>(), "last day, included")(
      "mode", options::value<std::string>()->default_value("signals"),
      "signals: every signal for itself; portfolio: all on one account")(
      "description", options::value<std::string>(), "kept with the run (with --daemon)")(
      "fresh", "compute even if the daemon has the answer already");
}

result::Result<backtest::RawBacktestRequest> read_request_options(
    const options::variables_map& values) {
  backtest::RawBacktestRequest raw;
  const Texts strategies = texts_of(values, "strategy");
  raw.strategy = strategies.front();
  raw.more_strategies.assign(strategies.begin() + 1, strategies.end());
  raw.timeframe = values["timeframe"].as<std::string>();
  raw.mode = values["mode"].as<std::string>();
  raw.start_date = option_text(values, "from");
  raw.end_date = option_text(values, "to");
  raw.description = option_text(values, "description");
  raw.symbols = texts_of(values, "symbol");
  raw.disabled_symbols = texts_of(values, "disable");
  raw.portfolio = portfolio_texts_given(values);
  raw.fresh = values.count("fresh") > 0;
  for (const std::string& typed : texts_of(values, "param")) {
    if (auto added = add_parameter(typed, raw); !added) return std::move(added).error();
  }
  if (values.count("rules") > 0) {
    auto rules = read_rules_file(option_text(values, "rules"));
    if (!rules) return std::move(rules).error();
    raw.params.push_back(std::move(rules).value());
  }
  return raw;
}

}  // namespace hts::cli
