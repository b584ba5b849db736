#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "adapters/http/readiness.hpp"
#include "config/settings.hpp"
#include "engine/alerts/condition_watch.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::config {

/// What the daemon is held to; 0 means never.
struct HealthBounds {
  double disk_free_pct = 10;
  std::chrono::seconds feed_silence{60};
  std::chrono::seconds queue_wait{0};  ///< of the oldest job that waits
  std::chrono::seconds signal{0};      ///< after the end of a minute until its bar is through
  bool is_recording = false;           ///< its time is not today's
};
[[nodiscard]] HealthBounds health_bounds(const Settings& settings);

/// How full a disk is.
struct DiskSpace {
  std::string setting;  ///< the key of the folder on it
  double free_pct = 100;
};

/// What is wrong: alerts of the kinds `health` and `sla_breach`.
[[nodiscard]] std::vector<alerts::Condition> conditions_of(const http::ReadinessReadings& readings,
                                                           const std::vector<DiskSpace>& disks,
                                                           const HealthBounds& bounds,
                                                           time::Timestamp now);

}  // namespace hts::config
