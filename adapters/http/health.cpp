#include "adapters/http/health.hpp"

#include <cmath>
#include <utility>

#include "engine/json/json_writer.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::milliseconds freshness{250};
// Its answer is on the way by then, but for a scheduler that is stuck.
constexpr std::chrono::milliseconds oldest_shown{750};
constexpr std::chrono::milliseconds status_deadline{500};

bool has_failed(const runtime::ActorSnapshot& actor) {
  return actor.state == runtime::ActorState::failed;
}

std::string reason_of(const std::vector<runtime::ActorSnapshot>& actors) {
  std::string failed;
  for (const runtime::ActorSnapshot& actor : actors) {
    if (has_failed(actor)) failed += (failed.empty() ? "" : ", ") + actor.name;
  }
  if (failed.empty()) return {};
  return "Gave up after repeated failures: " + failed +
         ". The log has the cause; a restart of the daemon brings it back.";
}

/// Why jobs cannot be kept; empty when they can.
std::string loss_of(const std::optional<actors::SchedulerStatus>& scheduler) {
  if (!scheduler) return "The scheduler does not answer.";
  // What exactly is wrong may name paths and hosts, which are nobody's business but the log's.
  if (!scheduler->store_error.empty()) {
    return "The store of jobs cannot be reached; the log has the cause. Until it is back, new jobs "
           "wait in the spool of a Redis, and are refused without one.";
  }
  return {};
}

/// What of the jobs wants somebody's attention.
std::string attention_of(const actors::SchedulerStatus& scheduler) {
  std::string text;
  if (scheduler.jobs.dead_letters > 0) {
    text = std::to_string(scheduler.jobs.dead_letters) +
           " jobs have failed for good; see /api/jobs/dead-letter.";
  }
  if (scheduler.jobs.paused) {
    text += std::string{text.empty() ? "" : " "} +
            "The queue is paused; POST /api/jobs/resume lets it go on.";
  }
  return text;
}

void write_jobs(json::Writer& writer, const std::optional<actors::SchedulerStatus>& scheduler) {
  std::string reason = loss_of(scheduler);
  if (reason.empty()) reason = attention_of(*scheduler);
  writer.key("jobs");
  writer.begin_object();
  writer.member("status", reason.empty() ? "ok" : "degraded");
  if (!reason.empty()) writer.member("reason", reason);
  if (scheduler) {
    writer.member("queued", scheduler->jobs.queued);
    writer.member("running", scheduler->jobs.running);
    writer.member("dead_letters", scheduler->jobs.dead_letters);
    writer.member("paused", scheduler->jobs.paused);
    writer.member("workers", scheduler->workers);
  }
  writer.end_object();
}

void write_backlogs(json::Writer& writer, const HealthReadings& readings) {
  if (readings.backlogs.empty()) return;
  writer.key("backlog");
  writer.begin_object();
  for (const prometheus::BacklogReadings& backlog : readings.backlogs) {
    writer.key(backlog.place);
    writer.begin_object();
    writer.member("waiting", backlog.waiting);
    writer.member("bytes", backlog.bytes);
    writer.member("oldest_seconds", std::round(backlog.age_seconds(readings.now) * 1000) / 1000);
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

std::string health_to_text(const HealthReadings& readings) {
  std::string reason = reason_of(readings.actors);
  for (const std::string& more : {readings.problem, loss_of(readings.scheduler)}) {
    if (!more.empty()) reason += (reason.empty() ? "" : " ") + more;
  }
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("status", reason.empty() ? "ok" : "degraded");
  writer.member("version", readings.version);
  writer.member("uptime_seconds", std::round(readings.uptime_seconds * 1000) / 1000);
  if (!reason.empty()) writer.member("reason", reason);
  writer.key("components");
  writer.begin_object();
  write_jobs(writer, readings.scheduler);
  writer.end_object();
  write_backlogs(writer, readings);
  writer.key("actors");
  writer.begin_array();
  for (const runtime::ActorSnapshot& actor : readings.actors) {
    writer.begin_object();
    writer.member("name", actor.name);
    writer.member("state", name_of(actor.state));
    writer.member("mailbox_depth", actor.depth);
    writer.member("mailbox_capacity", actor.capacity);
    writer.member("restarts", actor.restarts);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return text;
}

HealthPage::HealthPage(runtime::Runtime& runtime,
                       runtime::Address<actors::SchedulerProtocol> scheduler, std::string version,
                       FindProblem find_problem, FindBacklogs find_backlogs)
    : runtime_(runtime),
      scheduler_(std::move(scheduler)),
      version_(std::move(version)),
      find_problem_(std::move(find_problem)),
      find_backlogs_(std::move(find_backlogs)),
      started_(runtime.steady_now()) {}

HealthPage::Text HealthPage::fresh_text() {
  const auto now = runtime_.steady_now();
  Text text;
  bool is_due = false;
  {
    const std::lock_guard lock{mutex_};
    const auto age = now - written_;
    if (text_ && age < oldest_shown) text = text_;
    is_due = text && age >= freshness && !std::exchange(refreshing_, true);
  }
  if (is_due) refresh();
  return text;
}

void HealthPage::when_fresh(std::function<void(const Text&)> use) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(use));
    if (std::exchange(refreshing_, true)) return;
  }
  refresh();
}

void HealthPage::refresh() {
  runtime_.observe([self = shared_from_this()] {
    self->runtime_.ask(self->scheduler_, actors::GetSchedulerStatus{}, status_deadline,
                       [self](const result::Result<actors::SchedulerStatus>& status) {
                         self->write(status.ok() ? std::optional{*status} : std::nullopt);
                       });
  });
}

void HealthPage::write(std::optional<actors::SchedulerStatus> status) {
  HealthReadings readings;
  readings.version = version_;
  readings.uptime_seconds = std::chrono::duration<double>(runtime_.steady_now() - started_).count();
  readings.actors = runtime_.snapshot();
  readings.scheduler = std::move(status);
  readings.now = runtime_.now();
  if (find_backlogs_) readings.backlogs = find_backlogs_();
  if (find_problem_) readings.problem = find_problem_();
  const auto text = std::make_shared<const std::string>(health_to_text(readings));
  std::vector<std::function<void(const Text&)>> waiting;
  {
    const std::lock_guard lock{mutex_};
    text_ = text;
    written_ = runtime_.steady_now();
    refreshing_ = false;
    waiting.swap(waiting_);
  }
  for (const auto& use : waiting) use(text);
}

}  // namespace hts::http
