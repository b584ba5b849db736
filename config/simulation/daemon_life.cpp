#include "config/simulation/daemon_life.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "adapters/http/api.hpp"

namespace hts::simulation {
namespace {

/// As the daemon's own default.
constexpr std::chrono::seconds shutdown_deadline{4};
constexpr std::chrono::seconds longest_stall{5};

}  // namespace

DaemonLife::DaemonLife(const Plan& plan, Dice dice, Referee& referee, MailboxWatch& watch,
                       const config::Stores& stores, JournalOfLife* journal, time::Timestamp start,
                       const config::WiringOptions& wiring)
    : referee_(referee), watch_(watch), dice_(dice), lanes_may_hang_(plan.stall_rate > 0) {
  watch_.begin_life();
  auto executor = std::make_unique<runtime::simulation::ManualExecutor>(dice_.draw(), start);
  executor_ = executor.get();
  executor_->set_batch(plan.batch);
  executor_->set_lane_latency([this, &plan]() -> time::Duration {
    if (dice_.chance(plan.stall_rate)) return dice_.between(time::Duration{0}, longest_stall);
    return dice_.between(time::Duration{0}, 2 * plan.lane_latency);
  });
  runtime::RuntimeOptions options;
  options.seed = dice_.draw();
  if (journal != nullptr) {
    options.seed = journal->seed();
    options.recorder = &journal->recorder();
    when_safe_ = [journal](std::function<void()> callback) {
      journal->recorder().when_safe(std::move(callback));
    };
  }
  options.observer = &watch_;
  options.wall_clock = [this] { return executor_->now() + wall_clock_ahead_; };
  options.executor = std::move(executor);
  runtime_ = std::make_unique<runtime::Runtime>(std::move(options));

  actors_ = config::spawn_actors(*runtime_, stores, wiring);
  http::ApiServices services{*runtime_, actors_.scheduler, actors_.storage, actors_.ingest,
                             "simulation"};
  services.check_job = config::job_check(false);
  services.positions = actors_.positions;
  router_.emplace(http::make_router(services, metrics_));
  if (const auto started = runtime_->start(); !started) {
    throw std::logic_error("the daemon does not start: " + started.error().message);
  }
}

DaemonLife::~DaemonLife() {
  for (const auto& exchange : open_) exchange->forget();
  watch_.end_life();
}

std::shared_ptr<Exchange> DaemonLife::request(const ClientRequest& request, time::Duration patience,
                                              Exchange::OnAnswer on_answer) {
  auto exchange =
      std::make_shared<Exchange>(referee_, request, now() + patience, std::move(on_answer));
  open_.push_back(exchange);
  if (referee_.tracing()) referee_.tell(exchange->title());
  exchange->send(*runtime_, *router_, when_safe_, dice_);
  return exchange;
}

void DaemonLife::check_quiet() {
  if (watch_.waiting() == 0) return;
  for (const auto& actor : runtime_->snapshot()) {
    const std::size_t waiting = watch_.waiting_in(actor.id);
    if (waiting == 0 || actor.state != runtime::ActorState::running) continue;
    referee_.violated("mail_is_handled", "nothing is left to run, but " + actor.name + " has " +
                                             std::to_string(waiting) +
                                             " messages that nobody will handle");
  }
}

void DaemonLife::check_answers() {
  std::erase_if(open_, [](const auto& exchange) { return exchange->answered(); });
  for (const auto& exchange : open_) {
    if (exchange->patience_ends() < now()) {
      referee_.violated("request_answered", "no answer in time to " + exchange->title());
    }
  }
}

bool DaemonLife::has_given_up() const {
  const auto actors = runtime_->snapshot();
  return std::ranges::any_of(
      actors, [](const auto& actor) { return actor.state == runtime::ActorState::failed; });
}

void DaemonLife::stop() {
  const auto report = runtime_->shutdown(shutdown_deadline);
  // A disk that hangs may keep its lane beyond the deadline; nothing else may.
  if (!report.survivors.empty() && !lanes_may_hang_) {
    referee_.violated("stops", "did not stop: " + report.survivors.front());
  }
  for (const auto& exchange : open_) {
    if (!exchange->answered()) {
      referee_.violated("request_answered",
                        "the stop left a request unanswered: " + exchange->title());
    }
  }
}

}  // namespace hts::simulation
