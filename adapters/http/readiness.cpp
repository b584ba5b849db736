#include "adapters/http/readiness.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "adapters/http/live_reading.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::seconds readiness_deadline{1};

using Reasons = std::vector<std::string>;

void add_actor_reasons(const std::vector<runtime::ActorSnapshot>& actors, Reasons& reasons) {
  for (const runtime::ActorSnapshot& actor : actors) {
    if (actor.state != runtime::ActorState::failed) continue;
    reasons.push_back("The actor '" + actor.name +
                      "' gave up after repeated failures: restart the daemon; the log has the "
                      "cause.");
  }
}

void add_market_reasons(const actors::MarketStatus& market, Reasons& reasons) {
  const bool is_over =
      market.feed.state == ports::FeedState::stopped && !market.feed.reason.empty();
  if (market.feed.state != ports::FeedState::live && !is_over) {
    reasons.push_back(market.feed.reason.empty() ? "The feed does not deliver."
                                                 : "The feed: " + market.feed.reason);
  }
  if (!market.store_error.empty()) {
    reasons.emplace_back("Live candles cannot be stored; the log has the cause.");
  }
}

void add_session_reasons(const prometheus::LiveReadings& live, Reasons& reasons) {
  if (!live.session) {
    if (live.feed) reasons.emplace_back("The books of paper trading do not answer.");
    return;
  }
  const actors::SessionStatus& session = *live.session;
  if (!session.is_known) {
    reasons.emplace_back("The books of paper trading are being read.");
  }
  // One that was stopped has nothing to do.
  if (session.is_halted && (session.is_running || session.stands_still)) {
    reasons.push_back("The paper session is halted: " + session.halt_reason);
  }
  if (!session.store_error.empty()) {
    reasons.emplace_back("The books of paper trading cannot be written; the log has the cause.");
  }
  if (!session.is_running) return;
  if (!session.feed_error.empty()) {
    reasons.emplace_back(
        "The session hears of no prices: its feed cannot be subscribed; the log has the cause.");
    return;
  }
  if (live.market != nullptr) {
    add_market_reasons(*live.market, reasons);
  } else {
    reasons.emplace_back("The session's strategies are being warmed up.");
  }
}

Response readiness_response(const Reasons& reasons) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("status", reasons.empty() ? "ready" : "not_ready");
  writer.key("reasons");
  writer.begin_array();
  for (const std::string& reason : reasons) writer.value(reason);
  writer.end_array();
  writer.end_object();
  return json_response(reasons.empty() ? 200 : 503, std::move(text));
}

}  // namespace

void read_readiness(const ApiServices& services, const HealthPage::FindProblem& find_problem,
                    std::function<void(ReadinessReadings)> use) {
  services.runtime.ask(services.scheduler, actors::GetSchedulerStatus{}, readiness_deadline,
                       [services, find_problem,
                        use = std::move(use)](const result::Result<actors::SchedulerStatus>& jobs) {
                         ReadinessReadings readings;
                         if (jobs.ok()) readings.scheduler = *jobs;
                         readings.actors = services.runtime.snapshot();
                         if (find_problem) readings.problem = find_problem();
                         read_live(services, readiness_deadline,
                                   [use, readings](prometheus::LiveReadings live) mutable {
                                     readings.live = std::move(live);
                                     use(std::move(readings));
                                   });
                       });
}

Reasons reasons_not_ready(const ReadinessReadings& readings) {
  Reasons reasons;
  add_actor_reasons(readings.actors, reasons);
  if (!readings.scheduler) {
    reasons.emplace_back("The scheduler does not answer.");
  } else if (!readings.scheduler->store_error.empty()) {
    reasons.emplace_back("The store of jobs cannot be reached; the log has the cause.");
  }
  if (!readings.problem.empty()) reasons.push_back(readings.problem);
  add_session_reasons(readings.live, reasons);
  return reasons;
}

void add_readiness_route(Router& router, const ApiServices& services,
                         HealthPage::FindProblem find_problem) {
  router.add(Method::get, "/health/ready", "Does it do what it is there for? 503 with reasons.",
             [services, find_problem = std::move(find_problem)](const RoutedRequest&,
                                                                Responder responder) {
               auto client = std::make_shared<Responder>(std::move(responder));
               services.runtime.observe([services, find_problem, client] {
                 read_readiness(services, find_problem, [client](const ReadinessReadings& read) {
                   client->send(readiness_response(reasons_not_ready(read)));
                 });
               });
             });
}

}  // namespace hts::http
