#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/body_members.hpp"
#include "adapters/http/run_request.hpp"
#include "adapters/scheduled_tasks/task_desk.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {
namespace {

using scheduled_tasks::LineStatus;
using scheduled_tasks::TaskDesk;
using scheduled_tasks::TaskOutcome;
using scheduled_tasks::TaskRun;

constexpr std::chrono::seconds status_deadline{30};

/// What went wrong may name paths and hosts, which are nobody's business but the log's.
std::string_view told_text(const TaskRun& run) {
  switch (run.outcome) {
    case TaskOutcome::failed:
      return "It failed; the log has the cause.";
    case TaskOutcome::timed_out:
      return "It was stopped because its timeout was over.";
    default:
      return run.text;
  }
}

void write_run(json::Writer& writer, const TaskRun& run) {
  writer.begin_object();
  writer.member("due", time::format_iso8601(run.due));
  writer.member("started", time::format_iso8601(run.started));
  writer.member("seconds", std::chrono::duration<double>(run.ended - run.started).count());
  writer.member("outcome", scheduled_tasks::name_of(run.outcome));
  writer.member("text", told_text(run));
  writer.member("missed", run.missed);
  writer.end_object();
}

void write_line(json::Writer& writer, const LineStatus& status) {
  writer.begin_object();
  writer.member("name", status.line.name);
  writer.member("task", status.line.task);
  writer.member("cron", status.line.cron.text());
  writer.member("zone", status.line.zone_name);
  writer.member("missed", schedule::name_of(status.line.missed));
  writer.member("timeout_seconds", static_cast<std::int64_t>(status.line.timeout.count()));
  writer.key("next_run");
  if (status.next) {
    writer.value(time::format_iso8601(*status.next));
  } else {
    writer.value(nullptr);
  }
  writer.member("runs", status.runs);
  writer.member("failures", status.failures);
  writer.member("missed_runs", status.missed);
  writer.member("skipped_runs", status.skipped);
  writer.key("last_run");
  if (status.last) {
    write_run(writer, *status.last);
  } else {
    writer.value(nullptr);
  }
  writer.end_object();
}

Response status_response(const actors::SchedulerStatus& status, const TaskDesk* desk) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("status", "running");
  writer.member("queued", status.queued);
  writer.member("running", status.running);
  writer.member("completed", status.completed);
  writer.member("failed", status.failed);
  writer.member("rejected", status.rejected);
  writer.member("queue_capacity", status.queue_capacity);
  writer.member("workers", status.workers);
  if (desk != nullptr) {
    writer.key("tasks");
    writer.begin_array();
    for (const LineStatus& line : desk->status()) write_line(writer, line);
    writer.end_array();
    if (!desk->problem().empty()) {
      writer.member("problem",
                    "No task runs: what has run cannot be written down; the log has the cause.");
    }
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

result::Result<Response> trigger(TaskDesk* desk, const RoutedRequest& request) {
  const auto body = parse_object(request.http.body);
  if (!body) return body.error();
  std::string name;
  if (auto read = read_text(*body, "task", name); !read) return std::move(read).error();
  if (name.empty()) return missing("task", "\"nightly-backup\"");
  if (desk == nullptr) {
    return result::make_error(result::ErrorCode::not_found,
                              "The daemon has no schedule: give it one with schedule.file.",
                              "task");
  }
  // Before, so that whoever waits for its end cannot miss it.
  std::uint64_t runs = 0;
  for (const LineStatus& line : desk->status()) {
    if (line.line.name == name) runs = line.runs;
  }
  if (auto accepted = desk->trigger(name); !accepted) return std::move(accepted).error();
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("status", "accepted");
  writer.member("task", name);
  writer.member("runs", runs);
  writer.end_object();
  return json_response(202, std::move(text));
}

}  // namespace

void add_schedule_routes(Router& router, const ApiServices& services) {
  router.add(Method::get, "/api/scheduler/status",
             "Backtests that wait and run, and the scheduled tasks.",
             [services](const RoutedRequest&, Responder responder) {
               answer_from(services.runtime, services.scheduler, actors::GetSchedulerStatus{},
                           status_deadline, std::move(responder),
                           [desk = services.schedule](const actors::SchedulerStatus& status) {
                             return status_response(status, desk);
                           });
             });
  router.add(Method::post, "/api/scheduler/trigger", "Run a scheduled task now ({\"task\": NAME}).",
             [desk = services.schedule](const RoutedRequest& request, Responder responder) {
               const auto problem =
                   refuse_media_type(request.http.header("Content-Type"), request.http.body);
               if (problem) return responder.fail(*problem);
               auto answer = trigger(desk, request);
               if (!answer) return responder.fail(answer.error());
               responder.send(std::move(answer).value());
             });
}

}  // namespace hts::http
