#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "engine/alerts/alert_plan.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"

/// The settings notify.*, understood.
namespace hts::config {

/// How alerts go out, with the channels that are set up. Checked whole: errors are invalid, with
/// the setting.
[[nodiscard]] result::Result<alerts::AlertRules> alert_rules(const Settings& settings);

/// What channels share with the daemon.
struct ChannelSurroundings {
  /// When set, deliveries under way end soon. May be null.
  std::shared_ptr<const std::atomic<bool>> interrupted;
  /// Hears of what people should look at though alerts go out. May be empty.
  std::function<void(const std::string&)> on_problem;
};

/// The channels that are set up, in the order of `alert_rules`; reads their secrets. Errors:
/// storage or invalid, with the setting.
[[nodiscard]] result::Result<std::vector<std::unique_ptr<ports::AlertChannel>>> open_channels(
    const Settings& settings, const ChannelSurroundings& surroundings);

}  // namespace hts::config
