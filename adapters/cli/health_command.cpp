#include "adapters/cli/health_command.hpp"

#include <boost/json.hpp>

#include "adapters/daemon_client/daemon_client.hpp"

namespace hts::cli {
namespace {

/// Why the daemon does not do what it is there for. None from one that does not know the question.
std::vector<std::string> reasons_not_ready(const std::string& url) {
  std::vector<std::string> reasons;
  const auto answer = daemon_client::get(url + "/health/ready", std::chrono::seconds{5});
  if (!answer || answer->status != 503) return reasons;
  boost::system::error_code error;
  const auto body = boost::json::parse(answer->body, error);
  const auto* object = error ? nullptr : body.if_object();
  const auto* list = object != nullptr ? object->if_contains("reasons") : nullptr;
  if (list == nullptr || !list->is_array()) return {"it gives no reason."};
  for (const auto& reason : list->get_array()) {
    if (reason.is_string()) reasons.emplace_back(reason.get_string());
  }
  return reasons;
}

}  // namespace

int run_health(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const CommandHelp help{
      "health", "hts health [--daemon URL] [--json]",
      "Asks a running daemon how it is. Exit status 0 when it is well, 1 when not.",
      "hts health --daemon http://127.0.0.1:8000"};
  options::options_description described("Options");
  described.add_options()("daemon",
                          options::value<std::string>()->default_value("http://127.0.0.1:8000"),
                          "address of the daemon")("json", "print the daemon's answer as it is");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;

  const std::string url = parsed.values["daemon"].as<std::string>();
  const auto answer = daemon_client::get(url + "/health", std::chrono::seconds{5});
  if (!answer) return report(answer.error(), environment);
  boost::system::error_code error;
  const auto body = boost::json::parse(answer->body, error);
  const auto* object = error ? nullptr : body.if_object();
  const auto* status = object != nullptr ? object->if_contains("status") : nullptr;
  if (answer->status != 200 || status == nullptr || !status->is_string()) {
    environment.err << "hts: what answers at " << url << " is not an HTS daemon (HTTP "
                    << answer->status << "): check --daemon.\n";
    return exit_failed;
  }
  const std::string state{status->as_string()};
  if (parsed.values.count("json") > 0) {
    environment.out << answer->body << "\n";
  } else {
    environment.out << "The daemon at " << url << " is " << state << ".\n";
  }
  const auto reasons = reasons_not_ready(url);
  if (parsed.values.count("json") == 0) {
    for (const std::string& reason : reasons) environment.out << "  not ready: " << reason << "\n";
  }
  return state == "ok" && reasons.empty() ? exit_success : exit_failed;
}

}  // namespace hts::cli
