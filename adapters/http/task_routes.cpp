#include <chrono>
#include <string>
#include <utility>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/job_answers.hpp"
#include "adapters/http/job_request.hpp"
#include "adapters/http/job_submission.hpp"
#include "adapters/http/run_request.hpp"
#include "adapters/json/backtest_json.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::seconds task_deadline{30};

/// Tasks tell of a wrong state as what is wrong with the request.
void fail_task(Responder& responder, const result::Error& error) {
  Problem problem = to_problem(error);
  if (error.code == result::ErrorCode::conflict) problem.status = 400;
  responder.fail(problem);
}

void run_async(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto& http = request.http;
  if (auto problem = refuse_media_type(http.header("Content-Type"), http.body)) {
    return responder.fail(*problem);
  }
  auto job = parse_backtest_job(http, services.job_terms);
  if (!job.ok()) return responder.fail(job.error());
  submit_job(services, std::move(job).value(), std::move(responder));
}

void show_status(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto id = parse_task_id(request.path_parameter("task_id"));
  if (!id.ok()) return responder.fail(id.error());
  services.runtime.ask(
      services.scheduler, actors::FindJob{*id}, task_deadline,
      [services,
       responder = std::move(responder)](result::Result<actors::SharedJob> found) mutable {
        if (!found.ok()) return responder.fail(found.error());
        const actors::SharedJob job = std::move(found).value();
        if (job->state != jobs::JobState::completed || job->run_id.empty()) {
          const bool is_completed = job->state == jobs::JobState::completed;
          return responder.send(task_response(*job, is_completed ? job->output : std::string{}));
        }
        services.runtime.ask(
            services.storage, actors::FindRun{job->run_id}, task_deadline,
            [job, responder = std::move(responder)](result::Result<actors::SharedRun> run) mutable {
              // A run that somebody has removed since leaves a completed task without a result.
              if (!run.ok() && run.error().code != result::ErrorCode::not_found) {
                return responder.fail(run.error());
              }
              responder.send(
                  task_response(*job, run.ok() ? json::backtest_to_text(**run) : std::string{}));
            });
      });
}

/// Cancels or retries; the answer is the task as it is then.
template <class Change>
void change_task(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto id = parse_task_id(request.path_parameter("task_id"));
  if (!id.ok()) return responder.fail(id.error());
  services.runtime.ask(
      services.scheduler, Change{*id}, task_deadline,
      [responder = std::move(responder)](const result::Result<actors::SharedJob>& job) mutable {
        if (!job.ok()) return fail_task(responder, job.error());
        responder.send(task_response(**job, {}));
      });
}

}  // namespace

void submit_job(const ApiServices& services, jobs::NewJob job, Responder responder,
                bool is_preference) {
  services.runtime.ask(services.scheduler, actors::SubmitJob{std::move(job)}, task_deadline,
                       [responder = std::move(responder),
                        is_preference](const result::Result<ports::Submitted>& submitted) mutable {
                         if (!submitted.ok()) return responder.fail(submitted.error());
                         Response response = accepted_response(*submitted);
                         if (is_preference) {
                           response.headers.emplace_back("Preference-Applied", "respond-async");
                         }
                         responder.send(std::move(response));
                       });
}

void add_task_routes(Router& router, const ApiServices& services) {
  using Function = void (*)(const ApiServices&, const RoutedRequest&, Responder);
  const auto add = [&](Method method, const char* path, const char* summary, Function function) {
    router.add(method, path, summary,
               [services, function](const RoutedRequest& request, Responder responder) {
                 function(services, request, std::move(responder));
               });
  };
  add(Method::post, "/api/backtests/run-async",
      "Accepts a backtest as a task of the queue and answers with its id.", run_async);
  add(Method::get, "/api/backtests/status/{task_id}", "How far a task is, and its result.",
      show_status);
  add(Method::remove, "/api/backtests/tasks/{task_id}", "Cancels a task.",
      change_task<actors::CancelJob>);
  add(Method::post, "/api/backtests/retry/{task_id}", "Starts a failed or cancelled task anew.",
      change_task<actors::RetryJob>);
}

}  // namespace hts::http
