// The notifier alone in virtual time: its outbox is a table, its channels are scripts.

#include "actors/notifier.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/simulation/table_alert_outbox.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

namespace hts::actors {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A table that can be away.
class FlakyOutbox final : public ports::AlertOutbox {
 public:
  bool is_away = false;
  simulation::TableAlertOutbox table;

  result::Status add(const std::vector<ports::Alert>& alerts) override {
    return is_away ? away() : table.add(alerts);
  }
  result::Result<std::vector<ports::Alert>> unrouted(std::uint64_t limit) override {
    if (is_away) return away().error();
    return table.unrouted(limit);
  }
  result::Status route(const std::vector<Route>& routes) override {
    return is_away ? away() : table.route(routes);
  }
  result::Result<std::vector<ports::AlertDelivery>> due(const std::string& channel,
                                                        time::Timestamp now,
                                                        std::uint64_t limit) override {
    if (is_away) return away().error();
    return table.due(channel, now, limit);
  }
  result::Status settle(const std::vector<Outcome>& outcomes) override {
    return is_away ? away() : table.settle(outcomes);
  }
  result::Result<Counts> counts() override {
    if (is_away) return away().error();
    return table.counts();
  }
  result::Result<std::vector<ports::AlertDelivery>> waiting(std::uint64_t limit) override {
    return table.waiting(limit);
  }
  result::Result<std::uint64_t> clean_up(time::Timestamp before, std::uint64_t most) override {
    return table.clean_up(before, most);
  }

 private:
  static result::Status away() {
    return result::make_error(result::ErrorCode::storage, "The disk is gone.");
  }
};

class ScriptedChannel final : public ports::AlertChannel {
 public:
  explicit ScriptedChannel(std::string name) : name_(std::move(name)) {}
  std::string_view name() const noexcept override { return name_; }
  result::Status deliver(const ports::AlertMessage& message) override {
    ++attempts;
    if (on_deliver) on_deliver();
    if (!answer.ok()) return answer;
    messages.push_back(message);
    return result::success();
  }

  result::Status answer = result::success();
  std::function<void()> on_deliver;
  int attempts = 0;
  std::vector<ports::AlertMessage> messages;

 private:
  const std::string name_;
};

class NotifierInVirtualTime : public ::testing::Test {
 protected:
  void begin(alerts::AlertRules rules = {}) {
    rules.channels = {"slack", "email"};
    rules_ = rules;
    runtime::RuntimeOptions options;
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>();
    executor_ = executor.get();
    options.executor = std::move(executor);
    options.log = [this](const runtime::LogRecord& record) {
      log_.push_back(std::string{record.text});
    };
    runtime_ = std::make_unique<runtime::Runtime>(std::move(options));
    Notifier::Ports ports;
    ports.outbox = &outbox_;
    ports.lane = &runtime_->lane("live", 1, 64);
    ports.channels = {{&slack_, &runtime_->lane("notify_slack", 1, 4)},
                      {&email_, &runtime_->lane("notify_email", 1, 4)}};
    ports.plan = std::make_shared<const alerts::AlertPlan>(alerts::make_alert_plan(rules).value());
    ports.publish = [this](const NotifierStatus& status) { status_ = status; };
    notifier_ = runtime_->spawn<Notifier>("notifier", {}, [ports](runtime::Context& context) {
      return std::make_unique<Notifier>(context, ports);
    });
    ASSERT_TRUE(runtime_->start().ok());
    executor_->run();
  }

  void tell(Severity severity, const char* kind, const char* text) {
    Notice notice{severity, kind, text};
    ASSERT_EQ(notifier_.tell(std::move(notice)), runtime::SendResult::accepted);
    executor_->run();
  }

  std::vector<std::string> texts_of(const ScriptedChannel& channel) const {
    std::vector<std::string> texts;
    for (const auto& message : channel.messages) {
      for (const auto& alert : message.alerts) texts.push_back(alert.text);
    }
    return texts;
  }
  std::size_t lines_with(const std::string& text) const {
    std::size_t lines = 0;
    for (const auto& line : log_) lines += line.find(text) != std::string::npos ? 1U : 0U;
    return lines;
  }

  static result::Status unreachable() {
    return result::make_error(result::ErrorCode::network, "The server cannot be reached.");
  }

  alerts::AlertRules rules_;
  FlakyOutbox outbox_;
  ScriptedChannel slack_{"slack"};
  ScriptedChannel email_{"email"};
  std::vector<std::string> log_;
  NotifierStatus status_;
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  std::unique_ptr<runtime::Runtime> runtime_;
  runtime::Address<NotifierProtocol> notifier_;
};

TEST_F(NotifierInVirtualTime, a_critical_notice_goes_out_at_once_by_every_channel) {
  begin();
  tell(Severity::critical, "job_failed", "A backtest failed.");
  EXPECT_THAT(texts_of(slack_), ElementsAre("A backtest failed."));
  EXPECT_THAT(texts_of(email_), ElementsAre("A backtest failed."));
  EXPECT_EQ(slack_.messages[0].subject, "[critical] job_failed");
  EXPECT_EQ(outbox_.counts()->waiting, 0U);
  EXPECT_EQ(status_.waiting, 0U);
  ASSERT_EQ(status_.channels.size(), 2U);
  EXPECT_EQ(status_.channels[0].delivered, 1U);
}

TEST_F(NotifierInVirtualTime, others_wait_a_moment_and_go_out_together) {
  begin();
  tell(Severity::info, "backup", "one");
  executor_->advance(seconds{3});
  tell(Severity::warning, "feed_gap", "two");
  EXPECT_THAT(slack_.messages, IsEmpty());
  EXPECT_EQ(status_.waiting, 2U);
  executor_->advance(seconds{2});
  ASSERT_EQ(slack_.messages.size(), 1U);
  EXPECT_THAT(texts_of(slack_), ElementsAre("one", "two"));
  executor_->advance(minutes{30});
  EXPECT_EQ(slack_.messages.size(), 1U);
}

TEST_F(NotifierInVirtualTime, alerts_of_a_ledgers_commit_go_out_when_it_is_told_of_them) {
  begin();
  ports::Alert alert;
  alert.id = "session:1";
  alert.kind = "risk_halt";
  alert.severity = "critical";
  alert.subject = "Daily loss limit";
  alert.text = "halted";
  ASSERT_TRUE(outbox_.add({alert}));
  ASSERT_EQ(notifier_.tell(AlertsCommitted{}), runtime::SendResult::accepted);
  executor_->run();
  EXPECT_THAT(texts_of(slack_), ElementsAre("halted"));
}

TEST_F(NotifierInVirtualTime, what_a_former_life_left_behind_goes_out_at_the_start) {
  outbox_.is_away = true;
  begin();
  tell(Severity::critical, "backup", "kept");
  outbox_.is_away = false;
  executor_->advance(minutes{1});
  EXPECT_THAT(texts_of(slack_), ElementsAre("kept"));
  ports::Alert alert;
  alert.id = "left";
  alert.severity = "critical";
  alert.text = "left behind";
  ASSERT_TRUE(outbox_.add({alert}));
  begin();
  EXPECT_THAT(texts_of(slack_), ElementsAre("kept", "left behind"));
}

TEST_F(NotifierInVirtualTime, an_unreachable_server_is_logged_once_and_told_to_the_other_channel) {
  alerts::AlertRules rules;
  rules.routes = "* -> email > slack";
  begin(rules);
  email_.answer = unreachable();
  tell(Severity::critical, "risk_halt", "halted");
  executor_->advance(minutes{30});
  EXPECT_EQ(lines_with("cannot go out by email"), 1U);
  EXPECT_THAT(texts_of(slack_),
              ::testing::UnorderedElementsAre("halted", HasSubstr("The channel email fails")));
  EXPECT_EQ(outbox_.counts()->waiting, 0U);
  EXPECT_TRUE(status_.channels[1].is_failing);
  EXPECT_EQ(status_.channels[1].handed_on, 1U);
}

TEST_F(NotifierInVirtualTime, without_another_way_alerts_wait_until_the_channel_works_again) {
  alerts::AlertRules rules;
  rules.routes = "* -> email";
  begin(rules);
  email_.answer = unreachable();
  tell(Severity::critical, "risk_halt", "halted");
  executor_->advance(minutes{120});
  EXPECT_GT(email_.attempts, 5);
  EXPECT_LT(email_.attempts, 100);
  EXPECT_EQ(status_.waiting, 1U);
  email_.answer = result::success();
  executor_->advance(minutes{11});
  EXPECT_THAT(texts_of(email_), ElementsAre("halted"));
  EXPECT_EQ(lines_with("cannot go out by email"), 1U);
  EXPECT_EQ(lines_with("go out by email again"), 1U);
  EXPECT_EQ(status_.waiting, 0U);
}

TEST_F(NotifierInVirtualTime, an_outbox_that_is_away_after_a_delivery_makes_no_second_one) {
  begin();
  slack_.on_deliver = [this] { outbox_.is_away = true; };
  tell(Severity::critical, "risk_halt", "halted");
  EXPECT_EQ(slack_.attempts, 1);
  executor_->advance(minutes{5});
  EXPECT_EQ(lines_with("does not answer"), 1U);
  EXPECT_FALSE(status_.store_error.empty());
  slack_.on_deliver = {};
  outbox_.is_away = false;
  executor_->advance(minutes{30});
  EXPECT_EQ(slack_.attempts, 1);
  EXPECT_EQ(email_.attempts, 1);
  EXPECT_EQ(outbox_.counts()->waiting, 0U);
  EXPECT_EQ(lines_with("answers again"), 1U);
}

TEST_F(NotifierInVirtualTime, notices_that_find_no_room_are_counted) {
  outbox_.is_away = true;
  begin();
  for (int i = 0; i < 1'200; ++i) tell(Severity::info, "backup", "x");
  EXPECT_EQ(status_.dropped, 200U);
}

TEST_F(NotifierInVirtualTime, what_is_pending_at_a_stop_is_kept) {
  outbox_.is_away = true;
  begin();
  tell(Severity::info, "backup", "last words");
  outbox_.is_away = false;
  runtime_->stop(notifier_);
  executor_->run();
  EXPECT_EQ(outbox_.counts()->waiting, 1U);
}

TEST_F(NotifierInVirtualTime, a_flood_of_the_same_makes_few_messages_and_counts_all) {
  begin();
  for (int i = 0; i < 500; ++i) {
    tell(Severity::critical, "job_failed", "again");
    executor_->advance(seconds{1});
  }
  executor_->advance(minutes{60});
  EXPECT_LE(slack_.messages.size(), 4U);
  std::map<std::string, int> times;
  for (const auto& message : slack_.messages) {
    for (const auto& alert : message.alerts) ++times[alert.id];
  }
  EXPECT_EQ(times.size(), 500U);
  for (const auto& [id, count] : times) EXPECT_EQ(count, 1) << id;
  EXPECT_EQ(outbox_.counts()->waiting, 0U);
}

}  // namespace
}  // namespace hts::actors
