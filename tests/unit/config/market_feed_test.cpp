#include "config/feed/market_feed.hpp"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "integration/temporary_folder.hpp"

namespace hts::config {
namespace {

Settings settings_of(const std::string& source) {
  Settings settings;
  EXPECT_TRUE(settings.set("feed.source", source, "").ok());
  return settings;
}

TEST(market_feed, each_source_has_its_feed) {
  const auto name = [](const std::string& source) {
    const auto feed = make_feed(settings_of(source));
    return feed.ok() && *feed != nullptr ? (*feed)->figures().name : std::string("none");
  };
  EXPECT_EQ(name("none"), "none");
  EXPECT_EQ(name("upbit"), "upbit");
  EXPECT_EQ(name("binance"), "binance");
  EXPECT_EQ(name("redis://127.0.0.1:6379"), "redis");
  const testing::TemporaryFolder folder;
  const std::string recording = folder.path() / "recording";
  std::ofstream(recording) << "{}\n";
  EXPECT_EQ(name("replay:" + recording), "replay");
}

TEST(market_feed, exchanges_have_a_past) {
  for (const char* source : {"upbit", "binance"}) {
    const auto history = make_history(settings_of(source));
    ASSERT_TRUE(history.ok());
    EXPECT_NE(*history, nullptr) << source;
  }
  for (const char* source : {"none", "replay:x", "redis://127.0.0.1"}) {
    const auto history = make_history(settings_of(source));
    ASSERT_TRUE(history.ok());
    EXPECT_EQ(*history, nullptr) << source;
  }
}

TEST(market_feed, what_can_never_work_is_refused_before_a_session_begins) {
  const auto refused_field = [](const std::string& source, const char* key, const char* value) {
    Settings settings = settings_of(source);
    EXPECT_TRUE(settings.set(key, value, "").ok());
    const auto feed = make_feed(settings);
    const auto history = make_history(settings);
    return !feed.ok() ? feed.error().field : (!history.ok() ? history.error().field : "none");
  };
  for (const char* source : {"upbit", "binance"}) {
    EXPECT_EQ(refused_field(source, "feed.url", "nonsense"), "feed.url");
    EXPECT_EQ(refused_field(source, "feed.url", "ws://example.com"), "feed.url");
    EXPECT_EQ(refused_field(source, "feed.ca_file", "/there/is/none"), "feed.ca_file");
    EXPECT_EQ(refused_field(source, "feed.history_url", "http://example.com"), "feed.history_url");
    EXPECT_EQ(refused_field(source, "feed.url", "ws://127.0.0.1:1"), "none");
  }
  EXPECT_EQ(refused_field("replay:/there/is/none", "feed.speed", "1"), "feed.source");
}

TEST(market_feed, what_is_no_source_is_refused_without_its_password) {
  for (const char* source : {"kraken", "replay:", "http://me:hunter2@x", "redis://me:hunter2@x"}) {
    const auto feed = make_feed(settings_of(source));
    ASSERT_FALSE(feed.ok()) << source;
    EXPECT_EQ(feed.error().field, "feed.source") << source;
    EXPECT_EQ(feed.error().message.find("hunter2"), std::string::npos);
    EXPECT_EQ(feed.error().message.find("jobs."), std::string::npos) << feed.error().message;
  }
}

}  // namespace
}  // namespace hts::config
