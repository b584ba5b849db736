#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert_samples.hpp"
#include "engine/ports/alerts.hpp"

/// What every implementation of ports::AlertOutbox must do. A test program of an adapter includes
/// this and instantiates `AlertOutboxSuite` with a function that makes an empty one.
namespace hts::testing {

/// One set of alerts; every outbox that it opens sees the same, as a restart would.
class AlertPlace {
 public:
  virtual ~AlertPlace() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::AlertOutbox> open() = 0;
};

class AlertOutboxSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<AlertPlace>()>> {
 protected:
  using Numbers = std::vector<std::uint64_t>;

  void add_and_route(int from, int to, const std::vector<std::string>& channels,
                     time::Timestamp not_before = alert_day) {
    std::vector<ports::Alert> alerts;
    std::vector<ports::AlertOutbox::Route> routes;
    for (int i = from; i <= to; ++i) {
      alerts.push_back(sample_alert(i));
      routes.push_back({alerts.back().id, channels, not_before});
    }
    ASSERT_TRUE(outbox->add(alerts));
    ASSERT_TRUE(outbox->route(routes));
  }

  std::vector<ports::AlertDelivery> due(const std::string& channel,
                                        time::Timestamp now = alert_day) {
    auto found = outbox->due(channel, now, 100);
    if (found) return *std::move(found);
    ADD_FAILURE() << found.error().message;
    return {};
  }

  std::vector<std::string> due_ids(const std::string& channel, time::Timestamp now = alert_day) {
    std::vector<std::string> ids;
    for (const auto& delivery : due(channel, now)) ids.push_back(delivery.alert.id);
    return ids;
  }

  std::unique_ptr<AlertPlace> place = GetParam()();
  std::unique_ptr<ports::AlertOutbox> outbox = place->open();
};

TEST_P(AlertOutboxSuite, added_alerts_wait_for_a_route_with_every_field_in_their_order) {
  ASSERT_TRUE(outbox->add({sample_alert(2), sample_alert(1)}));
  ASSERT_TRUE(outbox->add({sample_alert(3)}));
  const auto found = place->open()->unrouted(2);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(*found, ::testing::ElementsAre(sample_alert(2), sample_alert(1)));
}

TEST_P(AlertOutboxSuite, one_that_is_there_already_stays_as_it_is) {
  add_and_route(1, 1, {"slack"});
  auto again = sample_alert(1);
  again.text = "Another text.";
  ASSERT_TRUE(outbox->add({again}));
  EXPECT_TRUE(outbox->unrouted(10)->empty());
  ASSERT_EQ(due("slack").size(), 1U);
  EXPECT_EQ(due("slack")[0].alert, sample_alert(1));
}

TEST_P(AlertOutboxSuite, one_that_was_delivered_is_still_known) {
  add_and_route(1, 1, {"slack"});
  ASSERT_TRUE(outbox->settle({{.number = due("slack")[0].number, .is_over = true}}));
  ASSERT_TRUE(outbox->add({sample_alert(1)}));
  EXPECT_TRUE(outbox->unrouted(10)->empty());
  EXPECT_EQ(outbox->counts()->waiting, 0U);
}

TEST_P(AlertOutboxSuite, a_route_to_nobody_ends_the_alert) {
  add_and_route(1, 1, {});
  EXPECT_TRUE(outbox->unrouted(10)->empty());
  EXPECT_EQ(outbox->counts()->waiting, 0U);
  EXPECT_TRUE(outbox->waiting(10)->empty());
}

TEST_P(AlertOutboxSuite, a_route_is_chosen_once) {
  add_and_route(1, 1, {"slack"});
  ASSERT_TRUE(
      outbox->route({{sample_alert(1).id, {"email"}, alert_day}, {"nobody", {"email"}, {}}}));
  EXPECT_TRUE(due("email").empty());
  EXPECT_EQ(due("slack").size(), 1U);
}

TEST_P(AlertOutboxSuite, only_what_is_due_of_the_channel_comes_and_the_oldest_first) {
  add_and_route(1, 3, {"slack", "email"});
  add_and_route(4, 4, {"slack"}, alert_day + std::chrono::minutes{1});
  EXPECT_THAT(due_ids("slack"),
              ::testing::ElementsAre("session-1:1", "session-1:2", "session-1:3"));
  EXPECT_EQ(due_ids("slack", alert_day + std::chrono::minutes{1}).size(), 4U);
  EXPECT_EQ(outbox->due("email", alert_day, 2)->size(), 2U);
  EXPECT_TRUE(due("webhook").empty());
  EXPECT_EQ(outbox->waiting(100)->size(), 7U);
}

TEST_P(AlertOutboxSuite, a_failed_attempt_is_counted_and_comes_again_at_its_time) {
  add_and_route(1, 1, {"slack"});
  const auto later = alert_day + std::chrono::seconds{30};
  ASSERT_TRUE(outbox->settle(
      {{.number = due("slack")[0].number, .error = "The server said no.", .not_before = later}}));
  EXPECT_TRUE(due("slack").empty());
  outbox = place->open();
  const auto again = due("slack", later);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempts, 1U);
  EXPECT_EQ(again[0].error, "The server said no.");
  EXPECT_EQ(again[0].not_before, later);
}

TEST_P(AlertOutboxSuite, what_is_put_off_without_an_attempt_is_not_counted_as_one) {
  add_and_route(1, 1, {"slack"});
  const auto later = alert_day + std::chrono::seconds{30};
  ASSERT_TRUE(outbox->settle(
      {{.number = due("slack")[0].number, .is_attempt = false, .not_before = later}}));
  ASSERT_EQ(due("slack", later).size(), 1U);
  EXPECT_EQ(due("slack", later)[0].attempts, 0U);
}

TEST_P(AlertOutboxSuite, an_alert_is_done_once_every_channel_is) {
  add_and_route(1, 1, {"slack", "email"});
  ASSERT_TRUE(outbox->settle({{.number = due("slack")[0].number, .is_over = true}}));
  EXPECT_EQ(outbox->counts()->waiting, 1U);
  ASSERT_TRUE(outbox->settle({{.number = due("email")[0].number, .is_over = true}}));
  EXPECT_EQ(outbox->counts()->waiting, 0U);
}

TEST_P(AlertOutboxSuite, an_alert_that_is_handed_on_waits_for_the_other_channel) {
  add_and_route(1, 2, {"slack"});
  ASSERT_TRUE(outbox->settle({{.number = due("slack")[0].number,
                               .is_over = true,
                               .error = "No such hook.",
                               .not_before = alert_day,
                               .hand_to = "email"}}));
  EXPECT_THAT(due_ids("email"), ::testing::ElementsAre("session-1:1"));
  EXPECT_THAT(due_ids("slack"), ::testing::ElementsAre("session-1:2"));
  EXPECT_EQ(due("email")[0].attempts, 0U);
  EXPECT_EQ(outbox->counts()->waiting, 2U);
}

TEST_P(AlertOutboxSuite, an_alert_is_not_handed_to_a_channel_that_had_it) {
  add_and_route(1, 1, {"slack", "email"});
  ASSERT_TRUE(outbox->settle({{.number = due("email")[0].number, .is_over = true}}));
  ASSERT_TRUE(
      outbox->settle({{.number = due("slack")[0].number, .is_over = true, .hand_to = "email"}}));
  EXPECT_TRUE(due("email").empty());
  EXPECT_EQ(outbox->counts()->waiting, 0U);
}

TEST_P(AlertOutboxSuite, what_is_over_or_was_never_there_is_passed_over) {
  add_and_route(1, 1, {"slack"});
  const auto number = due("slack")[0].number;
  ASSERT_TRUE(outbox->settle({{.number = number, .is_over = true}}));
  ASSERT_TRUE(outbox->settle({{.number = number}, {.number = 999}}));
  EXPECT_TRUE(due("slack").empty());
}

TEST_P(AlertOutboxSuite, counts_tell_how_many_wait_and_since_when) {
  EXPECT_EQ(outbox->counts()->waiting, 0U);
  EXPECT_EQ(outbox->counts()->oldest, std::nullopt);
  ASSERT_TRUE(outbox->add({sample_alert(9), sample_alert(5)}));
  add_and_route(7, 7, {"slack"});
  EXPECT_EQ(outbox->counts()->waiting, 3U);
  EXPECT_EQ(outbox->counts()->oldest, sample_alert(5).created_at);
}

TEST_P(AlertOutboxSuite, only_old_alerts_that_are_done_are_forgotten) {
  add_and_route(1, 4, {});
  add_and_route(5, 5, {"slack"});
  EXPECT_EQ(*outbox->clean_up(sample_alert(3).created_at, 1), 1U);
  EXPECT_EQ(*outbox->clean_up(sample_alert(3).created_at, 10), 1U);
  EXPECT_EQ(*outbox->clean_up(sample_alert(9).created_at, 10), 2U);
  EXPECT_THAT(due_ids("slack"), ::testing::ElementsAre("session-1:5"));
  ASSERT_TRUE(outbox->add({sample_alert(1)}));
  EXPECT_EQ(outbox->unrouted(10)->size(), 1U);
}

}  // namespace hts::testing
