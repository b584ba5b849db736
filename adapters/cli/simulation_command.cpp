#include "adapters/cli/simulation_command.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <ostream>

#include <boost/json.hpp>

#include "adapters/cli/daemon_answer.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/json/parameters_json.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/parameters/parameters.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;

constexpr std::chrono::seconds session_deadline{30};
// Strategies see months of candles before a session begins, and all of it in a check.
constexpr std::chrono::seconds long_deadline{600};
constexpr const char* session_path = "/api/simulation/";

options::options_description session_options() {
  options::options_description described("Options");
  described.add_options()("daemon",
                          options::value<std::string>()->default_value("http://127.0.0.1:8000"),
                          "address of the daemon")("json", "print the daemon's answer as it is");
  return described;
}

using Print = int (*)(const boost::json::object&, CommandEnvironment&);

/// Prints the answer, as it is or for people; `print` decides the exit status.
int show_answer(const result::Result<daemon_client::Answer>& answer, bool as_json, Print print,
                CommandEnvironment& environment) {
  const auto document = document_of(answer);
  if (!document) {
    return report(document.error(), environment, exit_status_of(document.error()));
  }
  if (!as_json) return print(*document, environment);
  environment.out << boost::json::serialize(*document) << "\n";
  return exit_success;
}

/// A member's number with the digits that people write; "-" for none.
std::string amount_text(const boost::json::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  if (found == nullptr || !found->is_number()) return "-";
  return parameters::to_text(found->to_number<double>());
}

bool is_true(const boost::json::object& object, const char* name) {
  const auto* flag = object.if_contains(name);
  return flag != nullptr && flag->is_bool() && flag->get_bool();
}

int print_session(const boost::json::object& session, CommandEnvironment& environment) {
  std::ostream& out = environment.out;
  if (member_text(session, "session_id") == "-") {
    out << "There was never a session. 'hts simulation start --help' shows how to begin one.\n";
    return exit_success;
  }
  out << "Session " << member_text(session, "session_id") << " is "
      << (is_true(session, "is_running") ? "running" : "stopped") << ".\n"
      << "  market data   " << member_text(session, "market_data_status") << "\n"
      << "  strategies    " << member_text(session, "strategy_count") << ", "
      << member_text(session, "strategy_runner_status") << "\n"
      << "  up to (UTC)   " << member_text(session, "up_to") << ", " << member_text(session, "bars")
      << " bars\n"
      << "  cash          " << amount_text(session, "cash") << "\n"
      << "  equity        " << amount_text(session, "equity") << "\n"
      << "  realized      " << amount_text(session, "total_realized_pnl") << "\n"
      << "  unrealized    " << amount_text(session, "total_unrealized_pnl") << "\n"
      << "  fees          " << amount_text(session, "total_fees") << "\n";
  if (is_true(session, "is_halted"))
    out << "  HALTED        " << member_text(session, "halt_reason") << "\n";
  return exit_success;
}

int print_status(const boost::json::object& session, CommandEnvironment& environment) {
  const int printed = print_session(session, environment);
  return is_true(session, "is_halted") ? int{exit_failed} : printed;
}

int print_parity(const boost::json::object& report, CommandEnvironment& environment) {
  environment.out << member_text(report, "bars") << " bars, " << member_text(report, "signals")
                  << " signals and " << member_text(report, "fills")
                  << " fills compared: " << member_text(report, "differences") << " differences.\n";
  if (const auto* first = report.if_contains("first_differences");
      first != nullptr && first->is_array()) {
    for (const auto& sentence : first->get_array()) {
      if (sentence.is_string()) environment.out << "  " << sentence.get_string().c_str() << "\n";
    }
  }
  return is_true(report, "is_equal") ? exit_success : exit_failed;
}

int print_positions(const boost::json::object& page, CommandEnvironment& environment) {
  const auto* positions = page.if_contains("positions");
  if (positions == nullptr || !positions->is_array()) return exit_failed;
  TextTable table({"position", "symbol", "strategy", "side", "quantity", "entry", "now",
                   "unrealized", "%", "since (UTC)"});
  for (const auto& entry : positions->get_array()) {
    if (!entry.is_object()) continue;
    const auto& position = entry.get_object();
    table.add({member_text(position, "position_id"), member_text(position, "symbol"),
               member_text(position, "strategy_name"), member_text(position, "side"),
               amount_text(position, "quantity"), amount_text(position, "entry_price"),
               amount_text(position, "current_price"), amount_text(position, "unrealized_pnl"),
               fixed(member_number(position, "unrealized_pnl_pct"), 2),
               member_text(position, "entry_time")});
  }
  table.print(environment.out);
  environment.out << positions->get_array().size() << " open positions.\n";
  return exit_success;
}

/// A command without options of its own.
int ask_daemon(const CommandHelp& help, const std::string& path, bool is_change,
               std::chrono::seconds deadline, Print print,
               const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const auto parsed = parse_arguments(help, session_options(), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const std::string url = parsed.values["daemon"].as<std::string>() + path;
  return show_answer(
      is_change ? daemon_client::post(url, deadline) : daemon_client::get(url, deadline),
      parsed.values.count("json") > 0, print, environment);
}

struct StartWords {
  std::vector<std::string> symbols;
  std::vector<std::string> parameters;
  std::string strategy;
  std::string timeframe;
};

result::Result<std::string> start_body(const StartWords& words) {
  std::vector<parameters::NamedValue> given;
  for (const std::string& word : words.parameters) {
    auto assignment = parameters::parse_assignment(word);
    if (!assignment) return std::move(assignment).error();
    given.push_back(std::move(assignment).value());
  }
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("timeframe", words.timeframe);
  writer.key("strategies");
  writer.begin_object();
  for (const std::string& symbol : words.symbols) {
    writer.key(symbol);
    writer.begin_array();
    writer.begin_object();
    writer.member("strategy_name", words.strategy);
    writer.key("params");
    json::write_parameters(writer, given);
    writer.end_object();
    writer.end_array();
  }
  writer.end_object();
  writer.end_object();
  return text;
}

result::Result<std::string> file_body(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (file) return text;
  return result::make_error(result::ErrorCode::invalid,
                            "The file '" + path + "' cannot be read: check its name.", "file");
}

}  // namespace

int run_simulation_start(const std::vector<std::string>& arguments,
                         CommandEnvironment& environment) {
  const CommandHelp help{
      "simulation start",
      "hts simulation start SYMBOL... --strategy NAME [--param NAME=VALUE]... | --file REQUEST",
      "Begins paper trading in a running daemon.",
      "hts simulation start KRW-BTC KRW-ETH --strategy sma_cross --param fast=5 --timeframe 5m"};
  auto described = session_options();
  described.add_options()("symbol", options::value<std::vector<std::string>>(), "what is traded")(
      "strategy", options::value<std::string>(), "by which strategy; 'hts strategies' lists them")(
      "param", options::value<std::vector<std::string>>(), "a parameter of it, NAME=VALUE")(
      "timeframe", options::value<std::string>()->default_value("1m"), "of its candles")(
      "file", options::value<std::string>(), "the body of POST /api/simulation/start");
  options::positional_options_description positional;
  positional.add("symbol", -1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  const bool from_file = values.count("file") > 0;
  if (from_file == (values.count("symbol") > 0) || from_file == (values.count("strategy") > 0)) {
    return report(result::make_error(result::ErrorCode::invalid,
                                     "Write symbols and --strategy, or --file: see 'hts simulation "
                                     "start --help'.",
                                     "symbol"),
                  environment, exit_usage);
  }
  StartWords words;
  if (!from_file) {
    words = {values["symbol"].as<std::vector<std::string>>(),
             {},
             values["strategy"].as<std::string>(),
             values["timeframe"].as<std::string>()};
    if (values.count("param") > 0)
      words.parameters = values["param"].as<std::vector<std::string>>();
  }
  const auto body = from_file ? file_body(values["file"].as<std::string>()) : start_body(words);
  if (!body) return report(body.error(), environment, exit_usage);
  return show_answer(
      daemon_client::post_json(values["daemon"].as<std::string>() + session_path + "start", *body,
                               long_deadline),
      values.count("json") > 0, print_session, environment);
}

int run_simulation_stop(const std::vector<std::string>& arguments,
                        CommandEnvironment& environment) {
  return ask_daemon({"simulation stop", "hts simulation stop [--daemon URL] [--json]",
                     "Ends the paper session of a running daemon; its positions stay open.",
                     "hts simulation stop"},
                    std::string{session_path} + "stop", true, session_deadline, print_session,
                    arguments, environment);
}

int run_simulation_status(const std::vector<std::string>& arguments,
                          CommandEnvironment& environment) {
  return ask_daemon(
      {"simulation status", "hts simulation status [--daemon URL] [--json]",
       "Shows the paper session of a running daemon. Exit status 1 when it is halted.",
       "hts simulation status --json"},
      std::string{session_path} + "status", false, session_deadline, print_status, arguments,
      environment);
}

int run_simulation_parity(const std::vector<std::string>& arguments,
                          CommandEnvironment& environment) {
  return ask_daemon({"simulation parity", "hts simulation parity [--daemon URL] [--json]",
                     "Runs the paper session again from the stored candles and compares. Exit "
                     "status 1 when something differs.",
                     "hts simulation parity"},
                    std::string{session_path} + "parity", false, long_deadline, print_parity,
                    arguments, environment);
}

int run_positions(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  return ask_daemon({"positions", "hts positions [--daemon URL] [--json]",
                     "Shows the open paper positions of a running daemon.", "hts positions --json"},
                    "/api/positions/open", false, session_deadline, print_positions, arguments,
                    environment);
}

}  // namespace hts::cli
