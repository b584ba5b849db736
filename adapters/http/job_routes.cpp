#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/event_hub.hpp"
#include "adapters/http/job_answers.hpp"
#include "adapters/http/job_request.hpp"
#include "adapters/http/job_submission.hpp"
#include "adapters/http/run_request.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::seconds job_deadline{30};

void submit(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto& http = request.http;
  if (auto problem = refuse_media_type(http.header("Content-Type"), http.body)) {
    return responder.fail(*problem);
  }
  auto job = parse_job(http, services.check_job, services.job_terms);
  if (!job.ok()) return responder.fail(job.error());
  submit_job(services, std::move(job).value(), std::move(responder));
}

void list(const ApiServices& services, ListRequest wanted, Responder responder) {
  const std::uint64_t limit = wanted.limit;
  const std::uint64_t offset = wanted.offset;
  answer_from(services.runtime, services.scheduler,
              actors::ListJobs{std::move(wanted.filter), offset, limit}, job_deadline,
              std::move(responder), [limit, offset](const ports::JobPage& page) {
                return job_list_response(page, limit, offset);
              });
}

void list_jobs(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  auto wanted = parse_list(request.http.query);
  if (!wanted.ok()) return responder.fail(wanted.error());
  list(services, std::move(wanted).value(), std::move(responder));
}

void list_dead_letters(const ApiServices& services, const RoutedRequest& request,
                       Responder responder) {
  auto wanted = parse_list(request.http.query);
  if (!wanted.ok()) return responder.fail(wanted.error());
  wanted->filter.is_dead_letter = true;
  list(services, std::move(wanted).value(), std::move(responder));
}

void show_job(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto id = parse_task_id(request.path_parameter("task_id"));
  if (!id.ok()) return responder.fail(id.error());
  answer_from(services.runtime, services.scheduler, actors::FindJob{*id}, job_deadline,
              std::move(responder),
              [](const actors::SharedJob& job) { return job_response(*job); });
}

/// Requeues or drops the dead letter that the path names, or all.
template <class Change>
void change_dead_letters(const ApiServices& services, const RoutedRequest& request,
                         Responder responder) {
  Change change;
  if (!request.path.empty()) {
    const auto id = parse_task_id(request.path_parameter("task_id"));
    if (!id.ok()) return responder.fail(id.error());
    change.id = *id;
  }
  answer_from(services.runtime, services.scheduler, change, job_deadline, std::move(responder),
              [](const actors::DeadLettersChanged& changed) {
                std::string text;
                json::Writer writer{text};
                writer.begin_object();
                writer.member("count", changed.count);
                writer.end_object();
                return json_response(200, std::move(text));
              });
}

template <bool Paused>
void set_paused(const ApiServices& services, const RoutedRequest&, Responder responder) {
  answer_from(services.runtime, services.scheduler, actors::SetQueuePaused{Paused}, job_deadline,
              std::move(responder), queue_response);
}

void stream_events(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  std::optional<jobs::JobId> only;
  const auto text = request.query("task_id");
  if (!text.ok()) return responder.fail(text.error());
  if (*text) {
    const auto id = parse_task_id(**text);
    if (!id.ok()) return responder.fail(id.error());
    only = *id;
  }
  auto stream = services.events->subscribe(only, request.http.header("Last-Event-ID"));
  if (!stream.ok()) return responder.fail(stream.error());
  Response response;
  response.content_type = "text/event-stream";
  response.stream = std::move(stream).value();
  response.headers.emplace_back("Cache-Control", "no-store");
  // Proxies that gather answers would hold events back.
  response.headers.emplace_back("X-Accel-Buffering", "no");
  responder.send(std::move(response));
}

}  // namespace

void add_job_routes(Router& router, const ApiServices& services) {
  using Function = void (*)(const ApiServices&, const RoutedRequest&, Responder);
  const auto add = [&](Method method, const char* path, const char* summary, Function function) {
    router.add(method, path, summary,
               [services, function](const RoutedRequest& request, Responder responder) {
                 function(services, request, std::move(responder));
               });
  };
  add(Method::post, "/api/jobs", "Accepts a job: a backtest, a sweep, a walk-forward.", submit);
  add(Method::get, "/api/jobs", "The jobs, newest first (?state=&kind=&limit=&offset=).",
      list_jobs);
  add(Method::get, "/api/jobs/{task_id}", "Everything about one job.", show_job);
  add(Method::post, "/api/jobs/pause", "Stops handing out jobs; what runs goes on.",
      set_paused<true>);
  add(Method::post, "/api/jobs/resume", "Hands out jobs again.", set_paused<false>);
  add(Method::get, "/api/jobs/dead-letter",
      "Jobs that failed for good and wait for somebody to look after them.", list_dead_letters);
  add(Method::post, "/api/jobs/dead-letter/requeue", "Starts all dead letters anew.",
      change_dead_letters<actors::RequeueDeadLetters>);
  add(Method::post, "/api/jobs/dead-letter/requeue/{task_id}", "Starts one dead letter anew.",
      change_dead_letters<actors::RequeueDeadLetters>);
  add(Method::remove, "/api/jobs/dead-letter", "Takes all dead letters off the list.",
      change_dead_letters<actors::DropDeadLetters>);
  add(Method::remove, "/api/jobs/dead-letter/{task_id}", "Takes one dead letter off the list.",
      change_dead_letters<actors::DropDeadLetters>);
  if (services.events == nullptr) return;
  add(Method::get, "/api/events",
      "Server-sent events: state and progress of jobs (?task_id=; Last-Event-ID resumes).",
      stream_events);
}

}  // namespace hts::http
