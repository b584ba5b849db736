#include "adapters/cli/schedule_command.hpp"

#include <chrono>
#include <ostream>
#include <thread>
#include <utility>

#include <boost/json.hpp>

#include "adapters/cli/daemon_answer.hpp"
#include "adapters/cli/text_table.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using boost::json::object;

constexpr std::chrono::seconds schedule_deadline{30};
constexpr std::chrono::milliseconds task_look_period{200};
constexpr const char* scheduler_path = "/api/scheduler/status";

options::options_description schedule_options() {
  options::options_description described("Options");
  described.add_options()("daemon",
                          options::value<std::string>()->default_value("http://127.0.0.1:8000"),
                          "address of the daemon")("json", "print the answer as JSON");
  return described;
}

/// The lines of the daemon's schedule, or nothing without one.
result::Result<boost::json::array> tasks_of(const std::string& daemon) {
  auto document = document_of(daemon_client::get(daemon + scheduler_path, schedule_deadline));
  if (!document) return std::move(document).error();
  auto* tasks = document->if_contains("tasks");
  if (tasks == nullptr || !tasks->is_array()) {
    return result::make_error(result::ErrorCode::not_found,
                              "The daemon has no schedule: give it one with schedule.file; "
                              "docs/schedule.md shows how.",
                              "schedule.file");
  }
  return std::move(tasks->get_array());
}

const object* last_run(const object& task) {
  const auto* run = task.if_contains("last_run");
  return run == nullptr ? nullptr : run->if_object();
}

std::string task_count(const object& object, const char* name) {
  return grouped(static_cast<std::uint64_t>(member_number(object, name)));
}

void print_tasks(const boost::json::array& tasks, std::ostream& out) {
  TextTable table({"name", "task", "when", "next run (UTC)", "last run (UTC)", "outcome", "seconds",
                   "runs", "failed", "missed", "skipped"});
  for (const auto& entry : tasks) {
    const object* task = entry.if_object();
    if (task == nullptr) continue;
    const object* last = last_run(*task);
    table.add({member_text(*task, "name"), member_text(*task, "task"),
               member_text(*task, "cron") + " " + member_text(*task, "zone"),
               member_text(*task, "next_run"),
               last == nullptr ? "-" : member_text(*last, "started"),
               last == nullptr ? "-" : member_text(*last, "outcome"),
               last == nullptr ? "-" : fixed(member_number(*last, "seconds"), 1),
               task_count(*task, "runs"), task_count(*task, "failures"),
               task_count(*task, "missed_runs"), task_count(*task, "skipped_runs")});
  }
  table.print(out);
  for (const auto& entry : tasks) {
    const object* task = entry.if_object();
    const object* last = task == nullptr ? nullptr : last_run(*task);
    if (last == nullptr || member_text(*last, "text").empty()) continue;
    out << "  " << member_text(*task, "name") << ": " << member_text(*last, "text") << "\n";
  }
}

/// The task of that name once more than `runs` of its runs have ended.
result::Result<object> wait_for_task(const std::string& daemon, const std::string& name,
                                     double runs, const CommandEnvironment& environment) {
  while (!environment.interrupted()) {
    const auto tasks = tasks_of(daemon);
    if (!tasks) return tasks.error();
    const object* found = nullptr;
    for (const auto& task : *tasks) {
      if (task.is_object() && member_text(task.get_object(), "name") == name) {
        found = &task.get_object();
      }
    }
    if (found == nullptr || member_number(*found, "runs") < runs) {
      return result::make_error(
          result::ErrorCode::unavailable,
          "The daemon or its schedule changed meanwhile: 'hts schedule list' shows what became of "
          "it.");
    }
    if (member_number(*found, "runs") > runs && last_run(*found) != nullptr) return *found;
    std::this_thread::sleep_for(task_look_period);
  }
  return result::make_error(result::ErrorCode::cancelled,
                            "It was not waited for any longer; the task goes on.");
}

int show_task_end(const object& task, bool as_json, CommandEnvironment& environment) {
  const object& last = *last_run(task);
  const std::string outcome = member_text(last, "outcome");
  if (as_json) {
    environment.out << boost::json::serialize(task) << "\n";
  } else {
    environment.out << member_text(task, "name") << (outcome == "done" ? " is " : ": ") << outcome
                    << " after " << fixed(member_number(last, "seconds"), 1) << " s. "
                    << member_text(last, "text") << "\n";
  }
  return outcome == "done" ? exit_success : exit_failed;
}

}  // namespace

int run_schedule_list(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"schedule list", "hts schedule list [--daemon URL] [--json]",
                         "Shows the scheduled tasks of a running daemon: when they run next, how "
                         "their last run ended.",
                         "hts schedule list"};
  const auto parsed = parse_arguments(help, schedule_options(), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto tasks = tasks_of(parsed.values["daemon"].as<std::string>());
  if (!tasks) return report(tasks.error(), environment, exit_status_of(tasks.error()));
  if (parsed.values.count("json") > 0) {
    environment.out << boost::json::serialize(*tasks) << "\n";
  } else {
    print_tasks(*tasks, environment.out);
  }
  return exit_success;
}

int run_schedule_run(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"schedule run",
                         "hts schedule run NAME [--no-wait] [--daemon URL] [--json]",
                         "Runs a scheduled task of a running daemon now, and waits for its end. "
                         "Exit status 1 when it failed.",
                         "hts schedule run nightly-backup"};
  auto described = schedule_options();
  described.add_options()("name", options::value<std::string>(), "of the line of the schedule")(
      "no-wait", "return once the daemon has accepted it");
  options::positional_options_description positional;
  positional.add("name", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  if (parsed.values.count("name") == 0) {
    return report(
        result::make_error(result::ErrorCode::invalid,
                           "The name is missing: 'hts schedule list' shows them.", "name"),
        environment, exit_usage);
  }
  const std::string daemon = parsed.values["daemon"].as<std::string>();
  const std::string name = parsed.values["name"].as<std::string>();
  const bool as_json = parsed.values.count("json") > 0;
  std::string body;
  json::Writer writer{body};
  writer.begin_object();
  writer.member("task", name);
  writer.end_object();
  const auto accepted = document_of(
      daemon_client::post_json(daemon + "/api/scheduler/trigger", body, schedule_deadline));
  if (!accepted) return report(accepted.error(), environment, exit_status_of(accepted.error()));
  if (parsed.values.count("no-wait") > 0) {
    if (as_json) {
      environment.out << boost::json::serialize(*accepted) << "\n";
    } else {
      environment.out << name << " was accepted; 'hts schedule list' shows how it goes.\n";
    }
    return exit_success;
  }
  const auto ended = wait_for_task(daemon, name, member_number(*accepted, "runs"), environment);
  if (!ended) return report(ended.error(), environment);
  return show_task_end(*ended, as_json, environment);
}

}  // namespace hts::cli
