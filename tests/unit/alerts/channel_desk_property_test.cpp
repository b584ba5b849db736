#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/simulation/table_alert_outbox.hpp"
#include "engine/alerts/alert_digest.hpp"
#include "engine/alerts/channel_desk.hpp"

/// Two days of random alerts over two channels that fail at random, in virtual time.
namespace hts::alerts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Sent {
  time::Timestamp at;
  std::string channel;
  std::vector<ports::Alert> alerts;
};

class TwoDays {
 public:
  TwoDays(std::uint64_t seed, AlertRules rules) : random_(seed) {
    rules.channels = {"slack", "email"};
    plan_ = std::make_shared<const AlertPlan>(make_alert_plan(std::move(rules)).value());
    for (const auto& channel : plan_->rules.channels) desks_.emplace_back(channel, plan_);
    fails_until_.resize(desks_.size());
  }

  void run() {
    const time::Timestamp alerts_end = now_ + hours{48};
    const time::Timestamp end = alerts_end + hours{12};
    for (; now_ < end; now_ += seconds{5}) {
      if (now_ < alerts_end && random_() % 24 == 0) add();
      if (random_() % 100 == 0) {
        ASSERT_TRUE(outbox_.clean_up(now_, 1'000));
      }
      route();
      for (std::size_t i = 0; i < desks_.size(); ++i) look(i, now_ >= alerts_end);
    }
  }

  const AlertPlan& plan() const { return *plan_; }
  const std::vector<Sent>& sent() const { return sent_; }
  const std::vector<ports::Alert>& alerts() const { return alerts_; }
  std::uint64_t waiting() { return outbox_.counts()->waiting; }
  std::uint64_t given_up() const {
    return desks_[0].figures().given_up + desks_[1].figures().given_up;
  }

 private:
  void add() {
    ports::Alert alert;
    alert.id = std::to_string(alerts_.size());
    alert.kind = random_() % 2 == 0 ? "signal" : "feed_gap";
    alert.severity = random_() % 10 == 0 ? "critical" : "info";
    alert.subject = "subject " + std::to_string(random_() % 20);
    alert.created_at = now_;
    alerts_.push_back(alert);
    ASSERT_TRUE(outbox_.add({alert}));
  }

  void route() {
    const auto unrouted = outbox_.unrouted(100);
    for (const auto& alert : *unrouted) {
      std::vector<std::string> channels;
      for (const Way& way : plan_->routes.ways(alert)) channels.push_back(way.front());
      ASSERT_TRUE(outbox_.route({{alert.id, channels, plan_->first_time(alert, now_)}}));
    }
  }

  void look(std::size_t index, bool is_calm) {
    ChannelDesk& desk = desks_[index];
    const std::string& channel = plan_->rules.channels[index];
    if (!is_calm && random_() % 4'000 == 0) fails_until_[index] = now_ + minutes{random_() % 300};
    auto due = outbox_.due(channel, now_ + plan_->rules.batch, 100);
    if (due->empty()) return;
    const auto round = desk.plan(now_, *std::move(due));
    ASSERT_TRUE(outbox_.settle(round.settled));
    if (round.send.empty()) return;
    result::Status outcome = result::success();
    if (!is_calm && now_ < fails_until_[index]) {
      outcome = result::make_error(
          random_() % 4 == 0 ? result::ErrorCode::invalid : result::ErrorCode::unavailable, "no");
    } else {
      Sent sent{now_, channel, {}};
      for (const auto& delivery : round.send) sent.alerts.push_back(delivery.alert);
      sent_.push_back(std::move(sent));
    }
    ASSERT_TRUE(outbox_.settle(desk.attempted(now_, round.send, outcome, random_())));
  }

  std::mt19937_64 random_;
  std::shared_ptr<const AlertPlan> plan_;
  std::vector<ChannelDesk> desks_;
  std::vector<time::Timestamp> fails_until_;
  simulation::TableAlertOutbox outbox_;
  std::vector<ports::Alert> alerts_;
  std::vector<Sent> sent_;
  time::Timestamp now_{std::chrono::days{19'943}};
};

TEST(ChannelDeskProperties, every_alert_goes_out_once_and_the_rules_are_kept) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    AlertRules rules;
    rules.routes = "critical -> slack, email; * -> slack > email";
    rules.quiet_hours = "22:00-06:30";
    rules.messages_per_minute = 2;
    rules.burst = 3;
    TwoDays days(seed, rules);
    days.run();
    EXPECT_EQ(days.waiting(), 0U);
    EXPECT_EQ(days.given_up(), 0U);
    ASSERT_GT(days.alerts().size(), 500U);

    std::map<std::pair<std::string, std::string>, int> times;  // alert, channel
    std::map<std::pair<std::string, std::string>, time::Timestamp> told;
    std::map<std::string, std::vector<time::Timestamp>> messages;
    for (const Sent& sent : days.sent()) {
      messages[sent.channel].push_back(sent.at);
      std::set<std::string> keys;
      for (const auto& alert : sent.alerts) {
        ++times[{alert.id, sent.channel}];
        keys.insert(key_of(alert));
        if (!is_critical(alert)) {
          EXPECT_EQ(days.plan().quiet_hours.end_of(sent.at), sent.at) << alert.id;
        }
      }
      for (const auto& key : keys) {
        const auto before = told.find({key, sent.channel});
        if (before != told.end()) {
          EXPECT_GE(sent.at - before->second, days.plan().rules.repeat);
        }
        told.insert_or_assign({key, sent.channel}, sent.at);
      }
    }
    for (const auto& alert : days.alerts()) {
      const int slack = times[{alert.id, "slack"}];
      const int email = times[{alert.id, "email"}];
      EXPECT_EQ(slack + email, is_critical(alert) ? 2 : 1) << alert.id;
      EXPECT_LE(std::max(slack, email), 1) << alert.id;
    }
    for (const auto& [channel, at] : messages) {
      for (std::size_t i = 3; i < at.size(); ++i) EXPECT_GE(at[i] - at[i - 3], seconds{30});
    }
  }
}

TEST(ChannelDeskProperties, a_day_without_failures_takes_no_longer_than_the_rules_say) {
  AlertRules rules;
  rules.repeat = seconds{0};
  rules.messages_per_minute = 60;
  TwoDays days(99, rules);
  days.run();
  EXPECT_EQ(days.waiting(), 0U);
  EXPECT_FALSE(days.sent().empty());
}

}  // namespace
}  // namespace hts::alerts
