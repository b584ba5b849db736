#include "config/settings_reload.hpp"

#include <gtest/gtest.h>

namespace hts::config {
namespace {

TEST(SettingsReload, tells_what_changes_at_once_from_what_waits_for_a_restart) {
  const Settings running;
  Settings wanted;
  ASSERT_TRUE(wanted.set("log.level", "debug", "test"));
  ASSERT_TRUE(wanted.set("http.port", "9000", "test"));
  const SettingsReload reload = compare_settings(running, wanted);
  EXPECT_EQ(reload.applied, std::vector<std::string>{"log.level"});
  EXPECT_EQ(reload.at_restart, std::vector<std::string>{"http.port"});
}

TEST(SettingsReload, equal_settings_change_nothing) {
  const SettingsReload reload = compare_settings(Settings{}, Settings{});
  EXPECT_TRUE(reload.applied.empty());
  EXPECT_TRUE(reload.at_restart.empty());
}

}  // namespace
}  // namespace hts::config
