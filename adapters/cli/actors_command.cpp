#include "adapters/cli/actors_command.hpp"

#include <chrono>
#include <exception>
#include <ostream>

#include <boost/json.hpp>

#include "adapters/cli/text_table.hpp"
#include "adapters/daemon_client/daemon_client.hpp"

namespace hts::cli {
namespace {

std::string count_text(const boost::json::value& value) {
  return grouped(value.to_number<std::uint64_t>());
}

/// `850 ns`, `1.2 ms`; `-` for nothing.
std::string time_text(const boost::json::value& seconds) {
  if (seconds.is_null()) return "-";
  const double value = seconds.to_number<double>();
  if (value <= 0) return "-";
  if (value < 1e-6) return fixed(value * 1e9, 0) + " ns";
  if (value < 1e-3) return fixed(value * 1e6, 1) + " us";
  if (value < 1) return fixed(value * 1e3, 1) + " ms";
  return fixed(value, 1) + " s";
}

/// `running`, or `stuck 12.0 s`.
std::string state_text(const boost::json::value& actor) {
  const auto& stuck = actor.at("stuck_seconds");
  if (stuck.to_number<double>() > 0) return "stuck " + time_text(stuck);
  return std::string{actor.at("state").as_string()};
}

/// Throws boost::system::system_error when the answer is not the API's.
void print_actors(const boost::json::value& answer, std::ostream& out) {
  TextTable table({"actor", "state", "waiting", "handled", "dropped", "restarts", "wait p99",
                   "handling p99", "last error"});
  for (const auto& actor : answer.at("actors").as_array()) {
    const auto& error = actor.at("last_error");
    table.add({std::string{actor.at("name").as_string()}, state_text(actor),
               count_text(actor.at("depth")) + "/" + count_text(actor.at("capacity")),
               count_text(actor.at("handled")), count_text(actor.at("dropped")),
               count_text(actor.at("restarts")), time_text(actor.at("p99_wait_seconds")),
               time_text(actor.at("p99_handling_seconds")),
               error.is_null() ? "-" : std::string{error.as_string()}});
  }
  table.print(out);
  out << "\n";
  TextTable lanes({"lane", "threads", "waiting", "running", "oldest", "done", "refused"});
  for (const auto& lane : answer.at("lanes").as_array()) {
    lanes.add({std::string{lane.at("name").as_string()}, count_text(lane.at("threads")),
               count_text(lane.at("depth")) + "/" + count_text(lane.at("capacity")),
               count_text(lane.at("running")), time_text(lane.at("oldest_job_seconds")),
               count_text(lane.at("done")), count_text(lane.at("rejected"))});
  }
  lanes.print(out);
}

/// False when the text is not the API's answer.
bool try_print_actors(const std::string& body, std::ostream& out) {
  try {
    print_actors(boost::json::parse(body), out);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

int run_actors(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const CommandHelp help{"actors", "hts actors [--daemon URL] [--json]",
                         "Shows the actors of a running daemon: state, mailbox, failures.",
                         "hts actors --daemon http://127.0.0.1:8000"};
  options::options_description described("Options");
  described.add_options()("daemon",
                          options::value<std::string>()->default_value("http://127.0.0.1:8000"),
                          "address of the daemon")("json", "print the daemon's answer as it is");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;

  const std::string url = parsed.values["daemon"].as<std::string>();
  const auto answer = daemon_client::get(url + "/api/actors", std::chrono::seconds{5});
  if (!answer) return report(answer.error(), environment);
  if (parsed.values.count("json") > 0 && answer->status == 200) {
    environment.out << answer->body << "\n";
    return exit_success;
  }
  if (answer->status == 200 && try_print_actors(answer->body, environment.out)) return exit_success;
  environment.err << "hts: what answers at " << url << " is not an HTS daemon (HTTP "
                  << answer->status << "): check --daemon.\n";
  return exit_failed;
}

}  // namespace hts::cli
