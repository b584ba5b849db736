#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>

#include <boost/json.hpp>

#include "adapters/cli/daemon_answer.hpp"
#include "adapters/cli/job_watch.hpp"
#include "adapters/cli/jobs_command.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;

constexpr std::chrono::seconds submit_deadline{30};

result::Result<boost::json::value> read_request(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>{std::cin}, {});
  } else {
    std::ifstream in{file, std::ios::binary};
    text.assign(std::istreambuf_iterator<char>{in}, {});
    if (!in && text.empty()) {
      return result::make_error(result::ErrorCode::invalid,
                                "'" + file +
                                    "' cannot be read: name a file with the request, or "
                                    "- for standard input.",
                                "request");
    }
  }
  boost::system::error_code error;
  auto request = boost::json::parse(text, error);
  if (error || !request.is_object()) {
    return result::make_error(result::ErrorCode::invalid,
                              "The request in '" + file + "' is not a JSON object.", "request");
  }
  return request;
}

}  // namespace

int run_jobs_submit(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{
      "jobs submit", "hts jobs submit FILE [--kind KIND] [--priority N] [--key KEY] [--watch]",
      "Gives the daemon a job: the request of a backtest, sweep or walk-forward as JSON in a file, "
      "- for standard input.",
      "hts jobs submit request.json --priority 7 --watch"};
  options::options_description described("Options");
  described.add_options()("daemon",
                          options::value<std::string>()->default_value("http://127.0.0.1:8000"),
                          "address of the daemon")("request", options::value<std::string>(),
                                                   "file of the request; - is standard input")(
      "kind", options::value<std::string>()->default_value("backtest"),
      "backtest, sweep or walk_forward")("priority", options::value<int>(),
                                         "0 to 9; 9 goes first, 5 is usual")(
      "key", options::value<std::string>(),
      "idempotency key: given twice, the job is accepted once")(
      "timeout", options::value<double>(), "seconds that one attempt may take")(
      "watch", "show how far it is until it ends")("json", "print the daemon's answer as it is");
  options::positional_options_description positional;
  positional.add("request", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  if (values.count("request") == 0) {
    return report(result::make_error(result::ErrorCode::invalid,
                                     "The file of the request is missing: write, for example, "
                                     "'hts jobs submit request.json'.",
                                     "request"),
                  environment, exit_usage);
  }
  auto request = read_request(values["request"].as<std::string>());
  if (!request) return report(request.error(), environment, exit_usage);

  boost::json::object body{{"kind", values["kind"].as<std::string>()},
                           {"request", std::move(request).value()}};
  if (values.count("priority") > 0) body["priority"] = values["priority"].as<int>();
  if (values.count("key") > 0) body["idempotency_key"] = values["key"].as<std::string>();
  if (values.count("timeout") > 0) body["timeout_seconds"] = values["timeout"].as<double>();
  const std::string daemon = values["daemon"].as<std::string>();
  const auto accepted = document_of(daemon_client::post_json(
      daemon + "/api/jobs", boost::json::serialize(body), submit_deadline));
  if (!accepted) {
    return report(accepted.error(), environment, exit_status_of(accepted.error()));
  }
  const std::string id = member_text(*accepted, "task_id");
  const bool as_json = values.count("json") > 0;
  if (values.count("watch") > 0) return watch_job(daemon, id, as_json, environment);
  print_accepted(*accepted, as_json, environment);
  return exit_success;
}

}  // namespace hts::cli
