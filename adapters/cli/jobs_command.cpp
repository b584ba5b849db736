#include "adapters/cli/jobs_command.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <ostream>
#include <string_view>

#include <boost/json.hpp>

#include "adapters/cli/daemon_answer.hpp"
#include "adapters/cli/job_watch.hpp"
#include "adapters/cli/text_table.hpp"
#include "engine/parameters/nearest_name.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;

constexpr std::chrono::seconds answer_deadline{30};

/// The options that all of them have.
options::options_description daemon_options() {
  options::options_description described("Options");
  described.add_options()("daemon",
                          options::value<std::string>()->default_value("http://127.0.0.1:8000"),
                          "address of the daemon")("json", "print the daemon's answer as it is");
  return described;
}

int print_document(const boost::json::object& document, CommandEnvironment& environment) {
  environment.out << boost::json::serialize(document) << "\n";
  return exit_success;
}

int report_answer(const result::Error& error, CommandEnvironment& environment) {
  return report(error, environment, exit_status_of(error));
}

/// `2026-11-21 17:35:31`: as the daemon tells it, in UTC.
std::string time_text(const boost::json::object& job, const char* name) {
  std::string text = member_text(job, name);
  if (text.size() < 19) return text;
  text.resize(19);
  text[10] = ' ';
  return text;
}

std::string percent_text(const boost::json::object& job) {
  return fixed(member_number(job, "progress") * 100, 0) + "%";
}

std::string error_text(const boost::json::object& job) {
  const auto* error = job.if_contains("error");
  if (error == nullptr || !error->is_object()) return "-";
  return member_text(error->get_object(), "message");
}

void print_jobs(const boost::json::object& page, CommandEnvironment& environment) {
  const auto* jobs = page.if_contains("jobs");
  if (jobs == nullptr || !jobs->is_array()) return;
  TextTable table({"job", "kind", "state", "done", "priority", "failed attempts", "created (UTC)"});
  for (const auto& entry : jobs->get_array()) {
    const auto& job = entry.as_object();
    table.add({member_text(job, "task_id"), member_text(job, "kind"), member_text(job, "status"),
               percent_text(job), member_text(job, "priority"), member_text(job, "attempts"),
               time_text(job, "created_at")});
  }
  table.print(environment.out);
  environment.out << jobs->get_array().size() << " of " << member_text(page, "total") << " jobs.\n";
}

int show_page(const std::string& url, bool as_json, CommandEnvironment& environment) {
  const auto page = document_of(daemon_client::get(url, answer_deadline));
  if (!page) return report_answer(page.error(), environment);
  if (as_json) return print_document(*page, environment);
  print_jobs(*page, environment);
  return exit_success;
}

int list(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"jobs list", "hts jobs list [--state STATE] [--kind KIND] [--limit N]",
                         "Lists the jobs of a daemon, newest first.",
                         "hts jobs list --state running"};
  auto described = daemon_options();
  described.add_options()("state", options::value<std::string>()->default_value(""),
                          "queued, running, completed, failed or cancelled")(
      "kind", options::value<std::string>()->default_value(""), "backtest, sweep, walk_forward")(
      "limit", options::value<unsigned>()->default_value(20), "how many at most, 1 to 1000")(
      "offset", options::value<unsigned>()->default_value(0),
      "how many of the newest to pass over");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  for (const char* name : {"state", "kind"}) {
    const auto& text = values[name].as<std::string>();
    if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos) continue;
    return report(result::make_error(result::ErrorCode::invalid,
                                     "--" + std::string{name} + " takes lower-case letters.", name),
                  environment, exit_usage);
  }
  const std::string url = values["daemon"].as<std::string>() +
                          "/api/jobs?limit=" + std::to_string(values["limit"].as<unsigned>()) +
                          "&offset=" + std::to_string(values["offset"].as<unsigned>()) +
                          "&state=" + values["state"].as<std::string>() +
                          "&kind=" + values["kind"].as<std::string>();
  return show_page(url, values.count("json") > 0, environment);
}

/// What commands about one job were told, or the exit status with which they are over.
struct OneJob {
  std::string daemon;
  std::string task_id;
  bool as_json = false;
  std::optional<int> finished;
};

OneJob parse_one_job(const CommandHelp& help, const std::vector<std::string>& arguments,
                     CommandEnvironment& environment) {
  auto described = daemon_options();
  described.add_options()("job", options::value<std::string>(), "id of the job");
  options::positional_options_description positional;
  positional.add("job", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  OneJob one;
  if (parsed.finished) {
    one.finished = *parsed.finished;
    return one;
  }
  one.daemon = parsed.values["daemon"].as<std::string>();
  one.as_json = parsed.values.count("json") > 0;
  if (parsed.values.count("job") > 0) one.task_id = parsed.values["job"].as<std::string>();
  const bool is_id = one.task_id.size() == 36 &&
                     one.task_id.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
  if (!is_id) {
    one.finished = report(
        result::make_error(result::ErrorCode::invalid,
                           "Give the id of a job; 'hts jobs list' shows those there are.", "job"),
        environment, exit_usage);
  }
  return one;
}

int show(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"jobs show", "hts jobs show ID", "Shows everything about one job.",
                         "hts jobs show 0198c1f0-7f3e-7aaa-8bbb-3f2a1c0d9e8f"};
  const OneJob one = parse_one_job(help, arguments, environment);
  if (one.finished) return *one.finished;
  const auto job =
      document_of(daemon_client::get(one.daemon + "/api/jobs/" + one.task_id, answer_deadline));
  if (!job) return report_answer(job.error(), environment);
  if (one.as_json) return print_document(*job, environment);
  const std::array<std::pair<const char*, std::string>, 14> lines{
      {{"job", member_text(*job, "task_id")},
       {"kind", member_text(*job, "kind")},
       {"state", member_text(*job, "status") + ", " + percent_text(*job)},
       {"priority", member_text(*job, "priority")},
       {"created", time_text(*job, "created_at")},
       {"started", time_text(*job, "started_at")},
       {"finished", time_text(*job, "finished_at")},
       {"failures", member_text(*job, "attempts") + " of " + member_text(*job, "max_attempts")},
       {"worker", member_text(*job, "worker")},
       {"lease until", time_text(*job, "lease_until")},
       {"parts", member_text(*job, "parts")},
       {"result", member_text(*job, "run_id")},
       {"error", error_text(*job)},
       {"request", member_text(*job, "request")}}};
  for (const auto& [name, text] : lines) {
    environment.out << name << std::string(13 - std::string_view{name}.size(), ' ') << text << "\n";
  }
  return exit_success;
}

int watch(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"jobs watch", "hts jobs watch ID",
                         "Shows how far a job is until it ends. Ctrl-C leaves it running. Exit "
                         "status 0 when it completed, 1 when not.",
                         "hts jobs watch 0198c1f0-7f3e-7aaa-8bbb-3f2a1c0d9e8f"};
  const OneJob one = parse_one_job(help, arguments, environment);
  if (one.finished) return *one.finished;
  return watch_job(one.daemon, one.task_id, one.as_json, environment);
}

int print_state(const result::Result<boost::json::object>& task, bool as_json,
                CommandEnvironment& environment) {
  if (!task) return report_answer(task.error(), environment);
  if (as_json) return print_document(*task, environment);
  environment.out << "The job is " << member_text(*task, "status") << ".\n";
  return exit_success;
}

int cancel(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"jobs cancel", "hts jobs cancel ID", "Cancels a job that has not ended.",
                         "hts jobs cancel 0198c1f0-7f3e-7aaa-8bbb-3f2a1c0d9e8f"};
  const OneJob one = parse_one_job(help, arguments, environment);
  if (one.finished) return *one.finished;
  return print_state(document_of(daemon_client::remove(
                         one.daemon + "/api/backtests/tasks/" + one.task_id, answer_deadline)),
                     one.as_json, environment);
}

int retry(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"jobs retry", "hts jobs retry ID",
                         "Starts a job anew that failed or was cancelled.",
                         "hts jobs retry 0198c1f0-7f3e-7aaa-8bbb-3f2a1c0d9e8f"};
  const OneJob one = parse_one_job(help, arguments, environment);
  if (one.finished) return *one.finished;
  return print_state(document_of(daemon_client::post(
                         one.daemon + "/api/backtests/retry/" + one.task_id, answer_deadline)),
                     one.as_json, environment);
}

int set_paused(bool paused, const std::vector<std::string>& arguments,
               CommandEnvironment& environment) {
  const CommandHelp help =
      paused ? CommandHelp{"jobs pause", "hts jobs pause",
                           "Stops handing out jobs; what runs goes on.", "hts jobs pause"}
             : CommandHelp{"jobs resume", "hts jobs resume", "Hands out jobs again.",
                           "hts jobs resume"};
  const auto parsed = parse_arguments(help, daemon_options(), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto queue = document_of(daemon_client::post(
      parsed.values["daemon"].as<std::string>() + (paused ? "/api/jobs/pause" : "/api/jobs/resume"),
      answer_deadline));
  if (!queue) return report_answer(queue.error(), environment);
  if (parsed.values.count("json") > 0) return print_document(*queue, environment);
  environment.out << (paused ? "The queue is paused: " : "The queue goes on: ")
                  << member_text(*queue, "queued") << " jobs wait, "
                  << member_text(*queue, "running") << " run.\n";
  return exit_success;
}

int pause(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  return set_paused(true, arguments, environment);
}
int resume(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  return set_paused(false, arguments, environment);
}

int dead_letters(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{
      "jobs dlq", "hts jobs dlq [list | requeue ID | requeue --all | drop ID | drop --all]",
      "Jobs that failed for good: lists them, starts them anew, or takes them off the list.",
      "hts jobs dlq requeue --all"};
  auto described = daemon_options();
  described.add_options()("action", options::value<std::string>()->default_value("list"),
                          "list, requeue or drop")("job", options::value<std::string>(),
                                                   "id of the job")("all", "all of them");
  options::positional_options_description positional;
  positional.add("action", 1).add("job", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  const std::string action = values["action"].as<std::string>();
  const std::string base = values["daemon"].as<std::string>() + "/api/jobs/dead-letter";
  const bool as_json = values.count("json") > 0;
  if (action == "list") return show_page(base, as_json, environment);
  if ((action != "requeue" && action != "drop") ||
      (values.count("job") > 0) == (values.count("all") > 0)) {
    return report(result::make_error(
                      result::ErrorCode::invalid,
                      "Write 'hts jobs dlq requeue ID', 'hts jobs dlq drop ID', or --all in the "
                      "place of the id.",
                      "action"),
                  environment, exit_usage);
  }
  const std::string one = values.count("job") > 0 ? "/" + values["job"].as<std::string>() : "";
  const auto changed = document_of(
      action == "requeue" ? daemon_client::post(base + "/requeue" + one, answer_deadline)
                          : daemon_client::remove(base + one, answer_deadline));
  if (!changed) return report_answer(changed.error(), environment);
  if (as_json) return print_document(*changed, environment);
  environment.out << member_text(*changed, "count")
                  << (action == "requeue" ? " jobs start anew.\n" : " jobs left the list.\n");
  return exit_success;
}

struct JobsCommand {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>& arguments, CommandEnvironment& environment);
};

constexpr std::array<JobsCommand, 9> commands{{
    {"list", "list the jobs, newest first", list},
    {"show", "everything about one job", show},
    {"watch", "how far a job is, until it ends", watch},
    {"cancel", "end a job", cancel},
    {"retry", "start a failed or cancelled job anew", retry},
    {"dlq", "jobs that failed for good: list, requeue, drop", dead_letters},
    {"pause", "hand out no jobs for a while", pause},
    {"resume", "hand out jobs again", resume},
    {"submit", "give the daemon a job", run_jobs_submit},
}};

void print_overview(std::ostream& out) {
  out << "Usage: hts jobs COMMAND [--daemon URL] [--json]\n\nThe jobs of a running daemon.\n\n"
         "Commands:\n";
  for (const JobsCommand& command : commands) {
    out << "  " << command.name << std::string(8 - command.name.size(), ' ') << command.summary
        << "\n";
  }
  out << "\nExample: hts jobs list --state running\n"
         "'hts jobs COMMAND --help' shows a command's options and an example.\n";
}

}  // namespace

int run_jobs(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_overview(environment.out);
    return exit_success;
  }
  std::vector<std::string_view> names;
  for (const JobsCommand& command : commands) {
    if (command.name == first) {
      return command.run({arguments.begin() + 1, arguments.end()}, environment);
    }
    names.push_back(command.name);
  }
  if (first.empty()) {
    print_overview(environment.err);
    return exit_usage;
  }
  const auto nearest = parameters::nearest_name(first, names);
  environment.err << "hts: 'jobs " << first.substr(0, 40) << "' is not a command.";
  if (!nearest.empty()) environment.err << " Did you mean '" << nearest << "'?";
  environment.err << " See 'hts jobs --help'.\n";
  return exit_usage;
}

}  // namespace hts::cli
