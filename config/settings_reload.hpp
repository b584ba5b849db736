#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace hts::config {

/// What a reload finds changed, as keys.
struct SettingsReload {
  std::vector<std::string> applied;     ///< can change while the daemon runs: log.level
  std::vector<std::string> at_restart;  ///< wait for the next start
};

[[nodiscard]] SettingsReload compare_settings(const Settings& running, const Settings& wanted);

}  // namespace hts::config
