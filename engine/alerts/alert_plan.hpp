#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/alerts/alert_routes.hpp"
#include "engine/alerts/alert_template.hpp"
#include "engine/alerts/quiet_hours.hpp"
#include "engine/jobs/retry_policy.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::alerts {

/// How alerts go out, as people write it. Defaults are those of the settings.
struct AlertRules {
  std::vector<std::string> channels;  ///< those there are
  std::string routes = "* -> all";
  std::string subject = "[{severity}] {subject}";
  std::string line = "{time} {kind}: {text}";
  std::string time_zone = "KST";
  std::string quiet_hours = "-";
  std::chrono::seconds batch{5};           ///< how long one that is not critical waits for others
  std::chrono::seconds repeat{900};        ///< within which the same is told once
  std::uint32_t messages_per_minute = 20;  ///< a channel
  std::uint32_t burst = 5;
  std::uint32_t failures_to_hand_on = 3;  ///< in a row
  std::chrono::hours give_up{48};         ///< after which an alert without another way is dropped
  std::chrono::hours keep{24 * 7};        ///< how long those that are done are known
};

/// The same, understood. A value; any thread may read.
struct AlertPlan {
  AlertRules rules;
  AlertRoutes routes;
  AlertTemplate subject;
  AlertTemplate line;
  time::Duration zone{};
  QuietHours quiet_hours;
  jobs::RetryPolicy retry{std::chrono::seconds{5}, std::chrono::minutes{10}};

  /// When an alert that has just got its route may go out.
  [[nodiscard]] time::Timestamp first_time(const ports::Alert& alert,
                                           time::Timestamp now) const noexcept;
  /// Where it goes at first: the first of each way. That a channel fails is not told through it.
  [[nodiscard]] std::vector<std::string> first_channels(const ports::Alert& alert) const;
};

/// That a channel fails, for the people of the other channels. Severity: critical.
[[nodiscard]] ports::Alert channel_failure(const std::string& channel, const std::string& error,
                                           time::Timestamp now);

/// Errors: invalid with the setting.
[[nodiscard]] result::Result<AlertPlan> make_alert_plan(AlertRules rules);

}  // namespace hts::alerts
