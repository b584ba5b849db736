#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/runtime/snapshot.hpp"

namespace hts::runtime {
class Runtime;
}

namespace hts::http {

/// The health document: "ok", or "degraded" with the reason once an actor has failed, or while
/// there is a `problem`.
[[nodiscard]] std::string health_to_text(const std::vector<runtime::ActorSnapshot>& actors,
                                         const std::string& version, double uptime_seconds,
                                         const std::string& problem = {});

/// The health document, written anew at most ten times a second however often it is asked for. Any
/// thread.
class HealthPage {
 public:
  /// Says what is wrong with something that is no actor; empty when nothing is.
  using FindProblem = std::function<std::string()>;

  /// Uptime counts from here. The runtime outlives the page.
  HealthPage(const runtime::Runtime& runtime, std::string version, FindProblem find_problem = {});

  [[nodiscard]] std::shared_ptr<const std::string> text();

 private:
  const runtime::Runtime& runtime_;
  const std::string version_;
  const FindProblem find_problem_;
  const runtime::SteadyTime started_;
  std::mutex mutex_;
  std::shared_ptr<const std::string> text_;
  runtime::SteadyTime written_;
};

}  // namespace hts::http
