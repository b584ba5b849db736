#include "adapters/http/health.hpp"

#include <cmath>
#include <utility>

#include "engine/json/json_writer.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::milliseconds freshness{100};

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

}  // namespace

std::string health_to_text(const std::vector<runtime::ActorSnapshot>& actors,
                           const std::string& version, double uptime_seconds,
                           const std::string& problem) {
  std::string reason = reason_of(actors);
  if (!problem.empty()) reason += (reason.empty() ? "" : " ") + problem;
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("status", reason.empty() ? "ok" : "degraded");
  writer.member("version", version);
  writer.member("uptime_seconds", std::round(uptime_seconds * 1000) / 1000);
  if (!reason.empty()) writer.member("reason", reason);
  writer.key("actors");
  writer.begin_array();
  for (const runtime::ActorSnapshot& actor : actors) {
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

HealthPage::HealthPage(const runtime::Runtime& runtime, std::string version,
                       FindProblem find_problem)
    : runtime_(runtime),
      version_(std::move(version)),
      find_problem_(std::move(find_problem)),
      started_(runtime.steady_now()) {}

std::shared_ptr<const std::string> HealthPage::text() {
  const auto now = runtime_.steady_now();
  const std::lock_guard lock{mutex_};
  if (!text_ || now - written_ >= freshness) {
    const double uptime = std::chrono::duration<double>(now - started_).count();
    text_ = std::make_shared<const std::string>(health_to_text(
        runtime_.snapshot(), version_, uptime, find_problem_ ? find_problem_() : std::string{}));
    written_ = now;
  }
  return text_;
}

}  // namespace hts::http
