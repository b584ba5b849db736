#include "config/settings_reload.hpp"

namespace hts::config {

SettingsReload compare_settings(const Settings& running, const Settings& wanted) {
  SettingsReload reload;
  for (const Setting& setting : all_settings()) {
    if (running.text(setting.key) == wanted.text(setting.key)) continue;
    (setting.key == "log.level" ? reload.applied : reload.at_restart).emplace_back(setting.key);
  }
  return reload;
}

}  // namespace hts::config
