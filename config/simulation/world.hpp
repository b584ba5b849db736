#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "config/simulation/plan.hpp"
#include "config/simulation/referee.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The whole daemon in a bottle: its own actors, HTTP routes, stores and database code on one
/// thread, in virtual time, in an order drawn from a seed, with faults; and checks after each step.
namespace hts::simulation {

struct SimulationOptions {
  std::uint64_t seed = 1;
  time::Duration until = std::chrono::hours{1};  ///< virtual
  FaultKinds faults;
  /// A line for each thing that happens, for whoever looks for the cause of a violation.
  std::function<void(const std::string& line)> trace;
  /// Asked now and then; true ends the run early.
  std::function<bool()> cancelled;
};

/// What happened. Two runs with the same options report the same but for `violation`'s wording of
/// addresses.
struct SimulationReport {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;
  time::Duration simulated{};
  std::uint64_t hash = 0;       ///< of every delivery and answer, in order
  std::uint64_t last_draw = 0;  ///< of the dice
  std::uint64_t messages = 0;
  std::uint64_t requests = 0;
  std::map<int, std::uint64_t> answers;  ///< by HTTP status
  std::uint64_t runs = 0;                ///< stored and known to a client
  std::uint64_t candles = 0;             ///< stored
  std::uint64_t jobs = 0;                ///< accepted
  std::uint64_t job_ends = 0;            ///< seen by a client or a listener
  std::uint64_t leases = 0;              ///< of jobs, given to workers
  std::uint64_t lost_leases = 0;
  std::uint64_t reruns = 0;          ///< of paper sessions, each equal to what was stored of it
  std::uint64_t fills = 0;           ///< in them
  std::uint64_t alerts = 0;          ///< that reached somebody
  std::uint64_t task_runs = 0;       ///< of scheduled tasks
  std::uint64_t network_faults = 0;  ///< injected, to the job server
  std::uint64_t crashes = 0;
  std::uint64_t actor_failures = 0;
  std::uint64_t disk_operations = 0;
  std::uint64_t disk_faults = 0;  ///< injected errors and short writes
  std::optional<Violation> violation;
};

/// Runs one simulation. One thread; several may run at once on different threads. About 0.2 s of
/// computing for an hour with its usual load.
[[nodiscard]] SimulationReport simulate(const SimulationOptions& options);

}  // namespace hts::simulation
