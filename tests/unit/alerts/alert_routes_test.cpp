#include "engine/alerts/alert_routes.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> channels = {"slack", "email", "webhook"};

ports::Alert alert_of(const char* severity, const char* kind) {
  ports::Alert alert;
  alert.severity = severity;
  alert.kind = kind;
  return alert;
}

AlertRoutes routes_of(const char* text) {
  auto routes = AlertRoutes::parse(text, channels);
  if (routes) return *std::move(routes);
  ADD_FAILURE() << routes.error().message;
  return {};
}

TEST(AlertRoutes, the_first_rule_that_fits_counts) {
  const auto routes = routes_of(
      "critical -> slack > email, webhook; info:signal -> none; signal -> email; * -> all");
  EXPECT_THAT(routes.ways(alert_of("critical", "signal")),
              ElementsAre(ElementsAre("slack", "email"), ElementsAre("webhook")));
  EXPECT_THAT(routes.ways(alert_of("info", "signal")), IsEmpty());
  EXPECT_THAT(routes.ways(alert_of("warning", "signal")), ElementsAre(ElementsAre("email")));
  EXPECT_THAT(routes.ways(alert_of("info", "backup")),
              ElementsAre(ElementsAre("slack"), ElementsAre("email"), ElementsAre("webhook")));
}

TEST(AlertRoutes, an_alert_that_no_rule_fits_goes_to_nobody) {
  EXPECT_THAT(routes_of("critical -> slack;").ways(alert_of("info", "backup")), IsEmpty());
  EXPECT_THAT(AlertRoutes{}.ways(alert_of("critical", "backup")), IsEmpty());
}

TEST(AlertRoutes, several_patterns_may_share_a_rule) {
  const auto routes = routes_of("critical, warning:feed_gap , backup -> slack");
  EXPECT_EQ(routes.ways(alert_of("warning", "feed_gap")).size(), 1U);
  EXPECT_EQ(routes.ways(alert_of("info", "backup")).size(), 1U);
  EXPECT_EQ(routes.ways(alert_of("warning", "signal")).size(), 0U);
}

TEST(AlertRoutes, the_next_channel_is_that_of_the_way) {
  const auto routes = routes_of("* -> slack > email > webhook");
  const auto alert = alert_of("info", "signal");
  EXPECT_EQ(routes.after(alert, "slack"), "email");
  EXPECT_EQ(routes.after(alert, "email"), "webhook");
  EXPECT_EQ(routes.after(alert, "webhook"), "");
  EXPECT_EQ(routes.after(alert, "unknown"), "");
}

TEST(AlertRoutes, a_rule_that_makes_no_sense_is_quoted) {
  for (const char* text : {"critical slack", "critical -> pager", "-> slack", "Critical -> slack",
                           "signal:info -> slack", "* -> slack > slack", "* ->",
                           "* -> slack,,email", "info: -> slack", "* -> slack >"}) {
    const auto routes = AlertRoutes::parse(text, channels);
    ASSERT_FALSE(routes) << text;
    EXPECT_EQ(routes.error().code, result::ErrorCode::invalid);
    EXPECT_EQ(routes.error().field, "notify.routes");
    EXPECT_THAT(routes.error().message, HasSubstr(text));
  }
}

}  // namespace
}  // namespace hts::alerts
