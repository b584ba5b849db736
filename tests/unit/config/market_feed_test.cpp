#include "config/feed/market_feed.hpp"

#include <string>

#include <gtest/gtest.h>

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
  EXPECT_EQ(name("replay:/some/file.gz"), "replay");
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
