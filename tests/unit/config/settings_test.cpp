#include "config/settings.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace hts::config {
namespace {

/// A settings file that is gone when the test ends.
class SettingsFile {
 public:
  explicit SettingsFile(const std::string& content)
      : path_(::testing::TempDir() + "hts_settings_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".ini") {
    std::ofstream(path_) << content;
  }
  ~SettingsFile() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Settings, defaults_are_valid_and_bind_to_loopback) {
  const Settings settings;
  EXPECT_EQ(settings.text("http.address"), "127.0.0.1");
  EXPECT_EQ(settings.integer("http.port"), 8000);
  Settings again;
  for (const Setting& setting : all_settings()) {
    EXPECT_TRUE(again.set(setting.key, setting.default_value, "default").ok()) << setting.key;
  }
}

TEST(Settings, a_file_sets_values_below_its_sections) {
  const SettingsFile file("# comment\n[http]\nport = 9000\n\n[jobs]\n  workers=3\n");
  Settings settings;
  ASSERT_TRUE(settings.read_file(file.path()).ok());
  EXPECT_EQ(settings.integer("http.port"), 9000);
  EXPECT_EQ(settings.integer("jobs.workers"), 3);
}

TEST(Settings, an_unknown_key_names_the_file_and_line) {
  const SettingsFile file("[http]\nprot = 9000\n");
  Settings settings;
  const auto status = settings.read_file(file.path());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().field, "http.prot");
  EXPECT_NE(status.error().message.find(file.path() + ":2"), std::string::npos)
      << status.error().message;
}

TEST(Settings, a_line_without_equals_is_malformed) {
  const SettingsFile file("[http]\nport 9000\n");
  Settings settings;
  const auto status = settings.read_file(file.path());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, result::ErrorCode::malformed);
}

TEST(Settings, a_value_without_a_name_is_malformed) {
  const SettingsFile file(" = 6160\n");
  Settings settings;
  const auto status = settings.read_file(file.path());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, result::ErrorCode::malformed);
  EXPECT_EQ(status.error().field, file.path() + ":1");
}

TEST(Settings, a_missing_file_is_an_error) {
  Settings settings;
  EXPECT_EQ(settings.read_file("/nowhere/hts.ini").error().code, result::ErrorCode::not_found);
}

TEST(Settings, integers_are_whole_and_in_range) {
  Settings settings;
  for (const char* wrong : {"", "x", "80x", "8.5", "-1", "65536", "99999999999999999999", " 80"}) {
    EXPECT_FALSE(settings.set("http.port", wrong, "test").ok()) << wrong;
  }
  EXPECT_EQ(settings.integer("http.port"), 8000);
  EXPECT_TRUE(settings.set("http.port", "65535", "test").ok());
}

TEST(Settings, choices_and_booleans_refuse_other_words) {
  Settings settings;
  EXPECT_FALSE(settings.set("log.level", "loud", "test").ok());
  EXPECT_FALSE(settings.set("log.level", "debug|info", "test").ok());
  EXPECT_TRUE(settings.set("log.level", "error", "test").ok());
  EXPECT_FALSE(settings.set("log.requests", "yes", "test").ok());
  EXPECT_TRUE(settings.set("log.requests", "true", "test").ok());
  EXPECT_TRUE(settings.boolean("log.requests"));
  EXPECT_FALSE(settings.set("data.root", "", "test").ok());
}

TEST(Settings, the_environment_overrides_and_other_variables_are_ignored) {
  std::string port = "HTS_HTTP_PORT=8123";
  std::string other = "HTS_SOMETHING_ELSE=1";
  std::string level = "HTS_LOG_LEVELS=loud";
  char* environment[] = {port.data(), other.data(), level.data(), nullptr};
  Settings settings;
  ASSERT_TRUE(settings.read_environment(environment).ok());
  EXPECT_EQ(settings.integer("http.port"), 8123);
  EXPECT_EQ(settings.text("log.level"), "info");
}

TEST(Settings, a_wrong_environment_value_names_its_variable) {
  std::string port = "HTS_HTTP_PORT=many";
  char* environment[] = {port.data(), nullptr};
  Settings settings;
  const auto status = settings.read_environment(environment);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("HTS_HTTP_PORT"), std::string::npos);
}

TEST(Settings, what_is_printed_reads_back_as_the_same) {
  Settings settings;
  ASSERT_TRUE(settings.set("http.port", "8123", "test").ok());
  std::ostringstream text;
  settings.print(text);
  const SettingsFile file(text.str());
  Settings again;
  ASSERT_TRUE(again.read_file(file.path()).ok());
  for (const Setting& setting : all_settings()) {
    EXPECT_EQ(again.text(setting.key), settings.text(setting.key)) << setting.key;
  }
}

}  // namespace
}  // namespace hts::config
