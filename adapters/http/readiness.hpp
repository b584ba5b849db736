#pragma once

#include <string>
#include <vector>

#include "adapters/http/api.hpp"
#include "adapters/http/health.hpp"

/// Whether the process does what it is there for, for those who route traffic or wake people.
namespace hts::http {

struct ReadinessReadings {
  std::vector<runtime::ActorSnapshot> actors;
  std::optional<actors::SchedulerStatus> scheduler;
  std::string problem;  ///< what is wrong with something that is no actor; or empty
  prometheus::LiveReadings live;
};

/// A sentence each, without paths or hosts; none: it is ready. A session that is to run must get
/// its market's prices, keep its books and be allowed to open positions.
[[nodiscard]] std::vector<std::string> reasons_not_ready(const ReadinessReadings& readings);

/// Finds what is wrong with something that is no actor, in sentences for everybody.
[[nodiscard]] HealthPage::FindProblem problem_finder(const ApiServices& services);

/// What the actors and everything else say, each within a second or left out. `use` is called once,
/// on a worker thread. Within `enter` or `observe` of the runtime only.
void read_readiness(const ApiServices& services, const HealthPage::FindProblem& find_problem,
                    std::function<void(ReadinessReadings)> use);

/// `GET /health/ready`: 200 `{"status": "ready", "reasons": []}`, or 503 with the reasons.
void add_readiness_route(Router& router, const ApiServices& services,
                         HealthPage::FindProblem find_problem);

}  // namespace hts::http
