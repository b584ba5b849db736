#include "engine/alerts/channel_desk.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::alerts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr time::Timestamp start{std::chrono::days{19'943}};

std::shared_ptr<const AlertPlan> shared_plan(AlertRules rules) {
  rules.channels = {"slack", "email"};
  rules.time_zone = "UTC";
  auto plan = make_alert_plan(std::move(rules));
  if (!plan) throw std::runtime_error(plan.error().message);
  return std::make_shared<const AlertPlan>(*std::move(plan));
}

ports::AlertDelivery delivery_of(std::uint64_t number, const char* severity = "info",
                                 time::Timestamp not_before = start) {
  ports::AlertDelivery delivery;
  delivery.number = number;
  delivery.alert.id = std::to_string(number);
  delivery.alert.kind = "signal";
  delivery.alert.severity = severity;
  delivery.alert.subject = "subject " + delivery.alert.id;
  delivery.alert.created_at = start;
  delivery.not_before = not_before;
  return delivery;
}

result::Status away() {
  return result::make_error(result::ErrorCode::unavailable, "The server is away.");
}
result::Status refused() {
  return result::make_error(result::ErrorCode::invalid, "The password is wrong.");
}

TEST(ChannelDesk, what_is_due_goes_out_in_one_message_with_what_comes_soon) {
  ChannelDesk desk("slack", shared_plan({}));
  const auto round = desk.plan(
      start, {delivery_of(1), delivery_of(2), delivery_of(3, "info", start + seconds{3})});
  EXPECT_EQ(round.send.size(), 3U);
  EXPECT_TRUE(round.settled.empty());
}

TEST(ChannelDesk, nothing_goes_before_something_is_due) {
  ChannelDesk desk("slack", shared_plan({}));
  const auto round = desk.plan(start, {delivery_of(1, "info", start + seconds{3})});
  EXPECT_TRUE(round.send.empty());
  EXPECT_EQ(round.look_again, start + seconds{3});
}

TEST(ChannelDesk, a_delivered_alert_is_over) {
  ChannelDesk desk("slack", shared_plan({}));
  const auto round = desk.plan(start, {delivery_of(1)});
  const auto outcomes = desk.attempted(start, round.send, result::success(), 0);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].is_over);
  EXPECT_EQ(desk.figures().delivered, 1U);
}

TEST(ChannelDesk, the_same_waits_until_it_may_be_told_again) {
  ChannelDesk desk("slack", shared_plan({}));
  auto first = delivery_of(1);
  auto second = delivery_of(2);
  second.alert.subject = first.alert.subject;
  (void)desk.attempted(start, desk.plan(start, {first}).send, result::success(), 0);
  auto round = desk.plan(start + minutes{1}, {second, delivery_of(3)});
  ASSERT_EQ(round.send.size(), 1U);
  EXPECT_EQ(round.send[0].number, 3U);
  ASSERT_EQ(round.settled.size(), 1U);
  EXPECT_EQ(round.settled[0].number, 2U);
  EXPECT_FALSE(round.settled[0].is_over);
  EXPECT_FALSE(round.settled[0].is_attempt);
  EXPECT_EQ(round.settled[0].not_before, start + minutes{15});
  EXPECT_EQ(desk.plan(start + minutes{15}, {second}).send.size(), 1U);
}

TEST(ChannelDesk, quiet_hours_hold_back_all_but_critical_alerts) {
  AlertRules rules;
  rules.quiet_hours = "00:00-07:00";
  ChannelDesk desk("slack", shared_plan(rules));
  const auto round = desk.plan(start, {delivery_of(1), delivery_of(2, "critical")});
  ASSERT_EQ(round.send.size(), 1U);
  EXPECT_EQ(round.send[0].number, 2U);
  ASSERT_EQ(round.settled.size(), 1U);
  EXPECT_EQ(round.settled[0].not_before, start + hours{7});
}

TEST(ChannelDesk, the_rate_of_messages_is_limited) {
  AlertRules rules;
  rules.burst = 2;
  rules.messages_per_minute = 6;
  ChannelDesk desk("slack", shared_plan(rules));
  for (std::uint64_t number : {1U, 2U}) {
    const auto round = desk.plan(start, {delivery_of(number)});
    ASSERT_EQ(round.send.size(), 1U);
    (void)desk.attempted(start, round.send, result::success(), 0);
  }
  const auto round = desk.plan(start, {delivery_of(3)});
  EXPECT_TRUE(round.send.empty());
  EXPECT_EQ(round.look_again, start + seconds{10});
}

TEST(ChannelDesk, after_a_failure_the_channel_rests) {
  ChannelDesk desk("slack", shared_plan({}));
  const auto sent = desk.plan(start, {delivery_of(1)}).send;
  const auto outcomes = desk.attempted(start, sent, away(), 4'000'000'000);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_FALSE(outcomes[0].is_over);
  EXPECT_EQ(outcomes[0].error, "The server is away.");
  EXPECT_EQ(outcomes[0].not_before, start + seconds{4});
  const auto round = desk.plan(start + seconds{1}, {delivery_of(2)});
  EXPECT_TRUE(round.send.empty());
  EXPECT_EQ(round.look_again, start + seconds{4});
  EXPECT_FALSE(desk.has_news_of_failure());
}

TEST(ChannelDesk, a_channel_that_keeps_failing_hands_on_and_says_so_once) {
  AlertRules rules;
  rules.routes = "* -> slack > email";
  ChannelDesk desk("slack", shared_plan(rules));
  time::Timestamp now = start;
  std::vector<ports::AlertOutbox::Outcome> outcomes;
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_FALSE(desk.has_news_of_failure());
    auto delivery = delivery_of(1);
    delivery.attempts = static_cast<std::uint32_t>(attempt - 1);
    const auto sent = desk.plan(now, {delivery}).send;
    ASSERT_EQ(sent.size(), 1U);
    outcomes = desk.attempted(now, sent, away(), ~0ULL);
    now += minutes{1};
  }
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].is_over);
  EXPECT_EQ(outcomes[0].hand_to, "email");
  EXPECT_TRUE(desk.has_news_of_failure());
  EXPECT_FALSE(desk.has_news_of_failure());
  EXPECT_TRUE(desk.figures().is_failing);
}

TEST(ChannelDesk, what_cannot_work_is_handed_on_at_once_also_while_the_channel_rests) {
  AlertRules rules;
  rules.routes = "* -> slack > email";
  ChannelDesk desk("slack", shared_plan(rules));
  const auto first = desk.attempted(start, desk.plan(start, {delivery_of(1)}).send, refused(), 0);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].hand_to, "email");
  const auto round = desk.plan(start + seconds{1}, {delivery_of(2)});
  EXPECT_TRUE(round.send.empty());
  ASSERT_EQ(round.settled.size(), 1U);
  EXPECT_EQ(round.settled[0].hand_to, "email");
  EXPECT_FALSE(round.settled[0].is_attempt);
  // The channel is tried again with what comes after its rest.
  const auto later = start + minutes{10};
  const auto again = desk.plan(later, {delivery_of(3, "info", later)});
  ASSERT_EQ(again.send.size(), 1U);
  (void)desk.attempted(later, again.send, result::success(), 0);
  EXPECT_FALSE(desk.figures().is_failing);
  EXPECT_EQ(desk.plan(later, {delivery_of(4)}).send.size(), 1U);
}

TEST(ChannelDesk, an_alert_without_another_way_is_given_up_after_its_time) {
  ChannelDesk desk("slack", shared_plan({}));
  auto old = delivery_of(1);
  old.alert.created_at = start - hours{48};
  const auto outcomes =
      desk.attempted(start, desk.plan(start, {old, delivery_of(2)}).send, away(), 0);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_TRUE(outcomes[0].is_over);
  EXPECT_FALSE(outcomes[1].is_over);
  EXPECT_EQ(desk.figures().given_up, 1U);
}

TEST(ChannelDesk, a_clock_that_is_set_back_does_not_silence_the_channel) {
  ChannelDesk desk("slack", shared_plan({}));
  (void)desk.attempted(start, desk.plan(start, {delivery_of(1)}).send, refused(), 0);
  const auto before = start - hours{5};
  const auto round = desk.plan(before, {delivery_of(2, "info", before)});
  EXPECT_TRUE(round.send.empty());
  ASSERT_TRUE(round.look_again);
  EXPECT_LE(*round.look_again, before + minutes{10});
}

}  // namespace
}  // namespace hts::alerts
