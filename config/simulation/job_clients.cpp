#include "config/simulation/job_clients.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hts::simulation {
namespace {

using std::chrono::seconds;

constexpr seconds longest_wait{75};
constexpr std::chrono::milliseconds shortest_pause{20};

enum HttpStatus : int {
  http_ok = 200,
  http_accepted = 202,
  http_wrong_state = 400,
  http_missing = 404,
  http_failed = 500,
  http_unavailable = 503,
  http_timed_out = 504,
};

/// Small searches over what every market has.
constexpr const char* sweep_request =
    R"({"strategy":"sma_cross","symbols":["BTC_KRW"],"start_date":"2023-06-01","end_date":"2023-12-20","timeframe":"1d","params":{"fast":"2:6:1","slow":[8,10,14]},"top":3})";
constexpr const char* walk_request =
    R"({"strategy":"sma_cross","symbols":["BTC_KRW"],"start_date":"2023-06-01","end_date":"2023-12-20","timeframe":"1d","params":{"fast":[2,3],"slow":[8,10]},"train":60,"test":30})";

std::string task_id_in(std::string_view text) {
  constexpr std::string_view mark = "\"task_id\":\"";
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark.size());
  return std::string{text.substr(0, text.find('"'))};
}

/// The body with more members in front.
std::string with_members(const std::string& body, const std::string& members) {
  return "{" + members + body.substr(1);
}

/// The body for a queue that has a timeout of its own.
std::string without_timeout(std::string body) {
  constexpr std::string_view mark = ",\"timeout_seconds\":60";
  const auto at = body.find(mark);
  if (at != std::string::npos) body.erase(at, mark.size());
  return body;
}

}  // namespace

JobClients::JobClients(const Plan& plan, Dice dice, Referee& referee, JobTruth& truth,
                       const std::vector<KnownBacktest>& backtests)
    : plan_(plan), dice_(dice), referee_(referee), truth_(truth), backtests_(backtests) {}

void JobClients::meet(DaemonLife& life, Events& events) {
  life_ = &life;
  for (std::size_t i = 0; i < plan_.job_clients; ++i) schedule(events);
}

void JobClients::part() {
  life_ = nullptr;
  ++generation_;
  truth_.all_restarts_settled();
}

void JobClients::schedule(Events& events) {
  if (life_ == nullptr) return;
  const auto pause = dice_.chance(plan_.burst_rate)
                         ? dice_.between(time::Duration{0}, shortest_pause)
                         : dice_.between(time::Duration{0}, 2 * plan_.job_think_time);
  events.at(life_->now() + pause, [this, &events, generation = generation_] {
    if (generation == generation_) act(events);
  });
}

void JobClients::act(Events& events) {
  if (retired_) {
    // A full queue that is paused takes nothing, so that somebody has to resume it first.
    if (!unanswered_.empty() && dice_.chance(0.5)) {
      Submission again = std::move(unanswered_.front());
      unanswered_.pop_front();
      return submit(events, std::move(again));
    }
    return pause_or_resume(events, false);
  }
  if (!unanswered_.empty() && dice_.chance(0.7)) {
    Submission again = std::move(unanswered_.front());
    unanswered_.pop_front();
    return submit(events, std::move(again));
  }
  const std::size_t choice = dice_.below(100);
  if (choice < 45 || truth_.task_ids().empty()) return submit(events, draw_submission());
  if (choice < 70) return poll(events);
  if (choice < 79) return cancel(events);
  if (choice < 84) return retry(events);
  if (choice < 87) return requeue_dead_letters(events);
  if (choice < 88) return drop_dead_letters(events);
  if (choice < 91) return pause_or_resume(events, true);
  if (choice < 95) return pause_or_resume(events, false);
  look_around(events);
}

void JobClients::ask(Events& events, const ClientRequest& request, OnAnswer on_answer,
                     bool may_leave) {
  ++requests_;
  const bool leaves = dice_.chance(plan_.disconnect_rate) && may_leave;
  const auto exchange =
      life_->request(request, longest_wait,
                     [this, &events, asked_at = referee_.step(),
                      on_answer = std::move(on_answer)](const http::Response& response) {
                       ++answers_[response.status];
                       on_answer(response, asked_at);
                       schedule(events);
                     });
  if (!leaves || exchange->answered()) return;
  const auto after = dice_.between(time::Duration{0}, time::Duration{longest_wait});
  events.at(life_->now() + after, [this, &events, exchange, generation = generation_] {
    if (generation != generation_ || exchange->answered()) return;
    exchange->leave();
    schedule(events);
  });
}

void JobClients::check_status(const std::string& what, const http::Response& response,
                              std::initializer_list<int> allowed) {
  const int status = response.status;
  const bool store_may_fail = plan_.disk_error_rate > 0 || plan_.short_write_rate > 0 ||
                              plan_.disk_crash_rate > 0 || plan_.has_job_server;
  if (status == http_unavailable || status == http_timed_out) return;
  if (status == http_failed && store_may_fail) return;
  if (std::ranges::find(allowed, status) != allowed.end()) return;
  referee_.violated("good_request_served",
                    what + " was answered " + std::to_string(status) + ": " + response.content());
}

JobClients::Submission JobClients::draw_submission() {
  Submission submission;
  std::string members;
  if (dice_.chance(0.6)) {
    submission.what.key = "key-" + std::to_string(++last_key_);
    members += "\"idempotency_key\":\"" + submission.what.key + "\",";
  }
  if (dice_.chance(0.5)) members += "\"priority\":" + std::to_string(dice_.below(10)) + ",";
  if (dice_.chance(0.3)) {
    members += "\"timeout_seconds\":" + std::to_string(dice_.one_of({1, 5, 300})) + ",";
  }
  if (dice_.chance(0.05)) {
    submission.what.search = dice_.one_of({sweep_request, walk_request});
    const char* kind = submission.what.search == sweep_request ? "sweep" : "walk_forward";
    submission.request = {
        "POST", "/api/jobs",
        "{" + members + "\"kind\":\"" + kind + "\",\"request\":" + submission.what.search + "}"};
    return submission;
  }
  submission.what.is_fresh = dice_.chance(0.5);
  if (submission.what.is_fresh) members += "\"fresh\":true,";
  submission.what.backtest = &backtests_[dice_.below(backtests_.size())];
  submission.request = {"POST", "/api/backtests/run-async",
                        with_members(without_timeout(submission.what.backtest->body), members)};
  return submission;
}

void JobClients::submit(Events& events, Submission submission) {
  const bool has_key = !submission.what.key.empty();
  if (has_key) unanswered_.push_back(submission);
  ask(events, submission.request,
      [this, submission](const http::Response& response, std::uint64_t) {
        check_status("a submission", response, {http_accepted});
        if (response.status != http_accepted) return;
        std::erase_if(unanswered_, [&](const Submission& other) {
          return !other.what.key.empty() && other.what.key == submission.what.key;
        });
        truth_.accepted(task_id_in(response.content()), submission.what);
      });
}

const std::string& JobClients::some_task() {
  const auto& tasks = truth_.task_ids();
  // The newest are the liveliest.
  const std::size_t recent = std::min<std::size_t>(tasks.size(), 6);
  return dice_.chance(0.7) ? tasks[tasks.size() - 1 - dice_.below(recent)]
                           : tasks[dice_.below(tasks.size())];
}

void JobClients::poll(Events& events) {
  const std::string task_id = some_task();
  ask(events, {"GET", "/api/backtests/status/" + task_id, {}},
      [this, task_id](const http::Response& response, std::uint64_t asked_at) {
        if (response.status == http_missing) truth_.seen(task_id, std::nullopt, asked_at);
        check_status("a status", response, {http_ok});
        if (response.status == http_ok) truth_.status_read(task_id, response.content(), asked_at);
      });
}

void JobClients::cancel(Events& events) {
  const std::string task_id = some_task();
  truth_.cancel_asked(task_id);
  ask(events, {"DELETE", "/api/backtests/tasks/" + task_id, {}},
      [this, task_id](const http::Response& response, std::uint64_t asked_at) {
        check_status("a cancel", response, {http_ok, http_wrong_state});
        if (response.status == http_ok) truth_.cancel_answered(task_id, asked_at);
      });
}

void JobClients::retry(Events& events) {
  const std::string task_id = some_task();
  truth_.restart_asked(task_id);
  ask(events, {"POST", "/api/backtests/retry/" + task_id, {}},
      [this, task_id](const http::Response& response, std::uint64_t) {
        check_status("a retry", response, {http_ok, http_accepted, http_wrong_state});
        truth_.restart_settled(task_id);
      });
}

void JobClients::requeue_dead_letters(Events& events) {
  truth_.restart_asked({});
  ask(
      events, {"POST", "/api/jobs/dead-letter/requeue", {}},
      [this](const http::Response& response, std::uint64_t) {
        check_status("requeuing the dead letters", response, {http_ok, http_accepted});
        truth_.restart_settled({});
      },
      false);  // or nothing would be known of any job any more
}

void JobClients::drop_dead_letters(Events& events) {
  ask(events, {"DELETE", "/api/jobs/dead-letter", {}},
      [this](const http::Response& response, std::uint64_t) {
        check_status("dropping the dead letters", response, {http_ok});
      });
}

void JobClients::pause_or_resume(Events& events, bool pause) {
  ask(events, {"POST", pause ? "/api/jobs/pause" : "/api/jobs/resume", {}},
      [this](const http::Response& response, std::uint64_t) {
        check_status("pausing the queue", response, {http_ok});
      });
}

void JobClients::look_around(Events& events) {
  const char* target = dice_.one_of({"/api/jobs", "/api/jobs?state=failed", "/api/jobs/dead-letter",
                                     "/api/jobs?kind=backtest&limit=5", "/api/scheduler/status"});
  ask(events, {"GET", target, {}}, [this, target](const http::Response& response, std::uint64_t) {
    check_status(target, response, {http_ok});
  });
}

}  // namespace hts::simulation
