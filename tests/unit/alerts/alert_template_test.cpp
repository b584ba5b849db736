#include "engine/alerts/alert_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using ::testing::HasSubstr;

ports::Alert sample() {
  ports::Alert alert;
  alert.id = "s1:7";
  alert.kind = "risk_halt";
  alert.severity = "critical";
  alert.subject = "Daily loss limit {kind}";
  alert.text = "Nothing opens any more.";
  alert.details = R"({"symbol": "BTC_KRW", "loss": -0.25, "open": 3, "none": null})";
  alert.created_at = time::Timestamp{std::chrono::days{19'943} + std::chrono::hours{15}};
  return alert;
}

std::string filled(std::string_view text) {
  const auto made = AlertTemplate::parse(text, "notify.line");
  if (made) return made->fill(sample(), time::kst_offset);
  ADD_FAILURE() << made.error().message;
  return {};
}

TEST(AlertTemplate, fills_what_it_names) {
  EXPECT_EQ(filled("[{severity}] {kind} {id}: {text}"),
            "[critical] risk_halt s1:7: Nothing opens any more.");
  EXPECT_EQ(filled("{time}"), "2024-08-09 00:00:00 KST");
}

TEST(AlertTemplate, what_is_filled_in_names_nothing_itself) {
  EXPECT_EQ(filled("{subject}"), "Daily loss limit {kind}");
}

TEST(AlertTemplate, details_are_named_by_their_member) {
  EXPECT_EQ(filled("{details.symbol} {details.loss} {details.open}|{details.none}{details.other}|"),
            "BTC_KRW -0.25 3||");
}

TEST(AlertTemplate, details_that_are_no_object_fill_nothing) {
  auto alert = sample();
  for (const char* details : {"", "[1]", "{", "\"text\""}) {
    alert.details = details;
    const auto made = AlertTemplate::parse("<{details.symbol}>", "notify.line");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->fill(alert, {}), "<>");
  }
}

TEST(AlertTemplate, doubled_braces_are_braces) {
  EXPECT_EQ(filled("{{kind}} {{{kind}}}"), "{kind} {risk_halt}");
}

TEST(AlertTemplate, an_unknown_place_is_refused_with_its_setting) {
  for (const char* text : {"{price}", "{", "{kind", "}", "{details.}", "{}", "{Kind}"}) {
    const auto made = AlertTemplate::parse(text, "notify.subject");
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code, result::ErrorCode::invalid);
    EXPECT_EQ(made.error().field, "notify.subject");
    EXPECT_THAT(made.error().message, HasSubstr("{details.NAME}"));
  }
}

TEST(AlertTemplate, times_name_their_zone) {
  const time::Timestamp at{std::chrono::days{19'943}};
  EXPECT_EQ(format_in_zone(at, {}), "2024-08-08 00:00:00 UTC");
  EXPECT_EQ(format_in_zone(at, std::chrono::minutes{-90}), "2024-08-07 22:30:00 -0130");
}

}  // namespace
}  // namespace hts::alerts
