#include "engine/alerts/alert_digest.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using ::testing::HasSubstr;

ports::Alert alert_of(const std::string& id, const char* severity, const char* subject) {
  ports::Alert alert;
  alert.id = id;
  alert.kind = "signal";
  alert.severity = severity;
  alert.subject = subject;
  alert.text = "text of " + id;
  return alert;
}

AlertPlan plan_of(const char* line = "{severity} {subject}: {text}") {
  AlertRules rules;
  rules.line = line;
  return make_alert_plan(rules).value();
}

TEST(AlertDigest, one_alert_is_told_as_it_is) {
  const auto message = make_message(plan_of(), {alert_of("1", "info", "BUY BTC_KRW")});
  EXPECT_EQ(message.subject, "[info] BUY BTC_KRW");
  EXPECT_EQ(message.text, "info BUY BTC_KRW: text of 1");
  ASSERT_EQ(message.alerts.size(), 1U);
}

TEST(AlertDigest, the_most_severe_gives_the_subject_and_the_others_are_counted) {
  const auto message = make_message(
      plan_of(),
      {alert_of("1", "info", "a"), alert_of("2", "critical", "b"), alert_of("3", "warning", "c")});
  EXPECT_EQ(message.subject, "[critical] b (and 2 more)");
  EXPECT_EQ(message.text, "info a: text of 1\ncritical b: text of 2\nwarning c: text of 3");
}

TEST(AlertDigest, the_same_is_told_once_with_how_often) {
  std::vector<ports::Alert> alerts;
  for (int i = 1; i <= 13; ++i) alerts.push_back(alert_of(std::to_string(i), "info", "same"));
  alerts.push_back(alert_of("14", "info", "other"));
  const auto message = make_message(plan_of(), alerts);
  EXPECT_EQ(message.text, "info same: text of 1 ... and 12 more\ninfo other: text of 14");
  EXPECT_EQ(message.alerts, alerts);  // receivers learn the id of each
}

TEST(AlertDigest, a_subject_stays_one_line_without_control_characters) {
  const auto message =
      make_message(plan_of(), {alert_of("1", "info", "a\r\nBcc: everyone@example.com\x1b[2J\x7f")});
  EXPECT_EQ(message.subject, "[info] a  Bcc: everyone@example.com [2J ");
  EXPECT_THAT(message.text, ::testing::Not(HasSubstr("\r")));
}

TEST(AlertDigest, long_texts_are_cut_between_characters) {
  std::string korean;
  for (int i = 0; i < 3'000; ++i) korean += "한";
  const auto message = make_message(plan_of("{subject}"), {alert_of("1", "info", korean.c_str())});
  EXPECT_LE(message.text.size(), 2'003U);
  EXPECT_TRUE(message.text.ends_with("한..."));
  EXPECT_LE(message.subject.size(), 203U);
}

TEST(AlertDigest, bytes_that_are_no_text_are_shown_as_such) {
  const auto message = make_message(plan_of("{subject}"), {alert_of("1", "info", "a\xff\xc3z")});
  EXPECT_EQ(message.text, "a??z");
}

}  // namespace
}  // namespace hts::alerts
