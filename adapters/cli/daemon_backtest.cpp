#include "adapters/cli/daemon_backtest.hpp"

#include <chrono>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "adapters/cli/backtest_table.hpp"
#include "adapters/cli/daemon_answer.hpp"
#include "adapters/cli/portfolio_table.hpp"
#include "adapters/daemon_client/daemon_client.hpp"

namespace hts::cli {
namespace {

constexpr std::chrono::minutes backtest_deadline{10};
constexpr std::chrono::seconds accepted_deadline{30};

boost::json::object params_of(const std::vector<strategies::NamedValue>& values) {
  boost::json::object params;
  for (const auto& [name, value] : values) {
    std::visit([&params, &key = name](const auto& content) { params[key] = content; }, value);
  }
  return params;
}

boost::json::array texts_of(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

/// What was not asked for is left out, so that a daemon that does not know it is not asked.
void add_portfolio(const backtest::RawBacktestRequest& request, boost::json::object& body) {
  if (!request.more_strategies.empty()) body["strategies"] = texts_of(request.more_strategies);
  if (!request.disabled_symbols.empty()) {
    body["disabled_symbols"] = texts_of(request.disabled_symbols);
  }
  if (request.fresh) body["fresh"] = true;
  boost::json::object of_symbols;
  for (const auto& [symbol, params] : request.symbol_params) of_symbols[symbol] = params_of(params);
  if (!of_symbols.empty()) body["symbol_params"] = std::move(of_symbols);
  boost::json::object portfolio;
  for (const auto& [name, text] : request.portfolio) {
    auto& option = portfolio[name];
    if (!option.is_array()) option = boost::json::array{};
    option.get_array().emplace_back(text);
  }
  if (!portfolio.empty()) body["portfolio"] = std::move(portfolio);
}

std::string request_body(const backtest::RawBacktestRequest& request) {
  boost::json::object params = params_of(request.params);
  boost::json::object body{{"strategy", request.strategy},      {"params", std::move(params)},
                           {"start_date", request.start_date},  {"end_date", request.end_date},
                           {"timeframe", request.timeframe},    {"mode", request.mode},
                           {"description", request.description}};
  boost::json::array symbols;
  for (const std::string& symbol : request.symbols) symbols.emplace_back(symbol);
  body["symbols"] = std::move(symbols);
  add_portfolio(request, body);
  return boost::json::serialize(body);
}

std::string member_text(const boost::json::value& value) {
  if (value.is_string()) return std::string{value.as_string()};
  if (value.is_double()) return strategies::to_text(value.as_double());
  return boost::json::serialize(value);
}

/// Throws boost::system::system_error when the answer is not the API's.
BacktestTable read_table(const boost::json::value& answer) {
  BacktestTable table;
  table.title =
      table_title(member_text(answer.at("strategy")), member_text(answer.at("timeframe")),
                  member_text(answer.at("start_date")), member_text(answer.at("end_date")));
  for (const auto& parameter : answer.at("params").as_object()) {
    table.parameters += (table.parameters.empty() ? "" : ", ") + std::string{parameter.key()} +
                        "=" + member_text(parameter.value());
  }
  for (const auto& symbol : answer.at("symbols").as_array()) {
    table.rows.push_back({member_text(symbol.at("symbol")), symbol.at("signals").as_array().size(),
                          symbol.at("win_rate").to_number<double>(),
                          symbol.at("avg_return").to_number<double>(),
                          symbol.at("max_drawdown").to_number<double>(),
                          symbol.at("avg_hold_bars").to_number<double>()});
  }
  table.total_signals = answer.at("total_signals").to_number<std::uint64_t>();
  table.execution_seconds = answer.at("execution_time").to_number<double>();
  table.run_id = member_text(answer.at("run_id"));
  return table;
}

}  // namespace

int run_through_daemon(const std::string& url, const backtest::RawBacktestRequest& request,
                       bool as_json, CommandEnvironment& environment) {
  const auto answer = daemon_client::post_json(url + "/api/backtests/run", request_body(request),
                                               backtest_deadline);
  if (!answer) return report(answer.error(), environment);
  if (answer->status != 200) {
    environment.err << "hts: " << problem_text(*answer) << "\n";
    return answer->status == 400 || answer->status == 422 ? exit_usage : exit_failed;
  }
  if (as_json) {
    environment.out << answer->body << "\n";
    return exit_success;
  }
  try {
    const auto parsed = boost::json::parse(answer->body);
    if (request.mode == backtest::name_of(backtest::Mode::portfolio)) {
      print_portfolio(parsed.as_object(), environment.out);
    } else {
      print(read_table(parsed), environment.out);
    }
    return exit_success;
  } catch (const std::exception& error) {
    environment.err << "hts: the answer of " << url << " is not a backtest (" << error.what()
                    << "): check that --daemon names an HTS daemon.\n";
    return exit_failed;
  }
}

int leave_with_daemon(const std::string& url, const backtest::RawBacktestRequest& request,
                      bool as_json, CommandEnvironment& environment) {
  const auto accepted = document_of(daemon_client::post_json(
      url + "/api/backtests/run-async", request_body(request), accepted_deadline));
  if (!accepted) return report(accepted.error(), environment, exit_status_of(accepted.error()));
  print_accepted(*accepted, as_json, environment);
  return exit_success;
}

}  // namespace hts::cli
