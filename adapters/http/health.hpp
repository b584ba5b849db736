#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "engine/runtime/address.hpp"
#include "engine/runtime/snapshot.hpp"

namespace hts::runtime {
class Runtime;
}

namespace hts::http {

struct HealthReadings {
  std::string version;
  double uptime_seconds = 0;
  std::vector<runtime::ActorSnapshot> actors;
  /// Nothing when the scheduler does not answer.
  std::optional<actors::SchedulerStatus> scheduler;
  std::string problem;  ///< what is wrong with something that is no actor; or empty
  std::vector<prometheus::BacklogReadings> backlogs = {};
  time::Timestamp now = {};  ///< for the age of what waits
};

/// The health document: "ok", or "degraded" with the reason once an actor has failed, while there
/// is a problem, or while jobs cannot be kept. The component `jobs` is degraded for more: dead
/// letters that nobody has looked after, a paused queue. What waits on this machine stands in
/// `backlog`, by its place.
[[nodiscard]] std::string health_to_text(const HealthReadings& readings);

/// The health document as it was a moment ago: written on demand, by what the actors say, at most
/// four times a second and never older than a second. Any thread; asking it costs no message while
/// it is fresh.
class HealthPage : public std::enable_shared_from_this<HealthPage> {
 public:
  using Text = std::shared_ptr<const std::string>;
  using FindProblem = std::function<std::string()>;
  using FindBacklogs = std::function<std::vector<prometheus::BacklogReadings>()>;

  /// Uptime counts from here. The runtime outlives the page.
  HealthPage(runtime::Runtime& runtime, runtime::Address<actors::SchedulerProtocol> scheduler,
             std::string version, FindProblem find_problem = {}, FindBacklogs find_backlogs = {});

  /// Null when it is too old to be shown.
  [[nodiscard]] Text fresh_text();
  /// Calls `use` once, on any thread, with a document that is fresh.
  void when_fresh(std::function<void(const Text&)> use);

 private:
  void refresh();
  void write(std::optional<actors::SchedulerStatus> status);

  runtime::Runtime& runtime_;
  const runtime::Address<actors::SchedulerProtocol> scheduler_;
  const std::string version_;
  const FindProblem find_problem_;
  const FindBacklogs find_backlogs_;
  const runtime::SteadyTime started_;
  std::mutex mutex_;
  Text text_;
  runtime::SteadyTime written_;
  bool refreshing_ = false;
  std::vector<std::function<void(const Text&)>> waiting_;
};

}  // namespace hts::http
