// Alerts as an operator meets them: the test of the channels, and a daemon that sends what waits.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"
#include "integration/alert_channels/receiver.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using hts::testing::is_receiver_installed;
using hts::testing::no_receiver;
using hts::testing::Receiver;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* signing_key = "a-key-that-nobody-may-see-0123456789";
constexpr std::chrono::seconds metrics_patience{60};

class Alerts : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_receiver_installed()) GTEST_SKIP() << no_receiver;
    std::ofstream{place_.path() / "key"} << signing_key << "\n";
  }

  Outcome notify_test(const Environment& environment) const {
    return run_hts({"notify", "test"}, place_.path(), environment);
  }
  Environment webhook_to(const std::string& port) const {
    return {{"HTS_NOTIFY_WEBHOOK_URL", "http://127.0.0.1:" + port + "/alerts"},
            {"HTS_NOTIFY_WEBHOOK_KEY_FILE", "./key"}};
  }
  std::filesystem::path database() const { return place_.path() / "state" / "live.sqlite"; }

  void put_alert(const char* id) const {
    auto outbox = sqlite::SqliteAlertOutbox::open(database());
    ASSERT_TRUE(outbox) << outbox.error().message;
    ports::Alert alert;
    alert.id = id;
    alert.kind = "risk_halt";
    alert.severity = "critical";
    alert.subject = "Daily loss limit";
    alert.text = "Nothing opens any more.";
    alert.created_at =
        std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
    ASSERT_TRUE((*outbox)->add({alert}));
  }

  TemporaryDirectory place_;
};

TEST_F(Alerts, the_test_says_what_became_of_each_channel) {
  const Receiver good({"http"});
  const auto sent = notify_test(webhook_to(good.port()));
  EXPECT_EQ(sent.status, 0) << sent.err;
  EXPECT_EQ(sent.out, "webhook: delivered\n");
  ASSERT_EQ(good.messages().size(), 1U);
  EXPECT_THAT(good.messages()[0].at("body").as_string().c_str(), HasSubstr("HTS can reach you"));

  const Receiver refusing({"http", "--status", "403"});
  const auto refused = notify_test(webhook_to(refusing.port()));
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.out, HasSubstr("webhook: 127.0.0.1 answered 403"));
  EXPECT_THAT(refused.out + refused.err, Not(HasSubstr(signing_key)));
}

TEST_F(Alerts, settings_that_cannot_work_are_refused_with_their_name) {
  const auto none = notify_test({});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("No channel is set up"));
  auto environment = webhook_to("1");
  environment["HTS_NOTIFY_ROUTES"] = "* -> pager";
  const auto route = notify_test(environment);
  EXPECT_EQ(route.status, 2);
  EXPECT_THAT(route.err, HasSubstr("pager"));
  environment = webhook_to("1");
  environment["HTS_NOTIFY_WEBHOOK_KEY_FILE"] = "webhook-key";
  const auto credential = notify_test(environment);
  EXPECT_EQ(credential.status, 2);
  EXPECT_THAT(credential.err, HasSubstr("LoadCredential=webhook-key"));
  environment["CREDENTIALS_DIRECTORY"] = place_.path().string();
  environment["HTS_NOTIFY_WEBHOOK_KEY_FILE"] = "key";
  EXPECT_THAT(notify_test(environment).out, HasSubstr("127.0.0.1 cannot be reached"));
}

TEST_F(Alerts, a_daemon_sends_what_waits_and_keeps_no_secret_in_sight) {
  const Receiver receiver({"http"});
  put_alert("session:1");
  const auto before = run_hts({"notify", "list"}, place_.path());
  EXPECT_THAT(before.out, HasSubstr("1 alerts wait"));
  const std::vector<std::string> arguments = {
      "--notify.webhook_url", "http://127.0.0.1:" + receiver.port() + "/alerts",
      "--notify.webhook_key_file", (place_.path() / "key").string()};
  {
    RunningDaemon daemon(place_.path(), arguments);
    std::string metrics;
    for (int tries = 0; tries < 500; ++tries) {
      const auto answer = daemon_client::get(daemon.url() + "/metrics", metrics_patience);
      ASSERT_TRUE(answer);
      metrics = answer->body;
      const bool is_delivered = metrics.find("outcome=\"delivered\"} 1") != std::string::npos;
      if (is_delivered && metrics.find("hts_alerts_waiting 0") != std::string::npos) break;
    }
    EXPECT_THAT(metrics,
                HasSubstr("hts_alerts_total{channel=\"webhook\",outcome=\"delivered\"} 1"));
    EXPECT_THAT(metrics, HasSubstr("hts_alerts_waiting 0"));
    std::ifstream words("/proc/" + std::to_string(daemon.pid()) + "/cmdline");
    std::stringstream command_line;
    command_line << words.rdbuf();
    EXPECT_THAT(command_line.str() + daemon.log() + metrics, Not(HasSubstr(signing_key)));
    EXPECT_EQ(daemon.end_with(SIGKILL), 128 + SIGKILL);
  }
  ASSERT_EQ(receiver.messages().size(), 1U);
  EXPECT_THAT(receiver.messages()[0].at("body").as_string().c_str(), HasSubstr("session:1"));
  {
    RunningDaemon daemon(place_.path(), arguments);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  EXPECT_EQ(receiver.messages().size(), 1U);
  EXPECT_EQ(run_hts({"notify", "list"}, place_.path()).out, "No alert waits.\n");
  // The journal has the deliveries, and a replay makes none.
  const auto replayed = run_hts({"replay", "state/journal"}, place_.path());
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
  EXPECT_EQ(receiver.messages().size(), 1U);
}

TEST_F(Alerts,
       a_mail_server_that_refuses_the_password_or_is_away_is_told_once_by_the_other_channel) {
  using hts::testing::own_certificate;
  constexpr const char* wrong_password = "a-password-that-is-wrong-0123456789";
  std::ofstream{place_.path() / "mail"} << wrong_password << "\n";
  const Receiver refusing({"smtp", "--tls", "starttls", "--certificate",
                           own_certificate().certificate, "--key", own_certificate().key, "--user",
                           "robot", "--password", "another"});
  for (const std::string& mail_port : {refusing.port(), std::string{"9"}}) {
    SCOPED_TRACE(mail_port);
    std::filesystem::remove_all(place_.path() / "state");
    const Receiver web({"http"});
    put_alert("session:1");
    RunningDaemon daemon(place_.path(), {"--notify.webhook_url",
                                         "http://127.0.0.1:" + web.port() + "/alerts",
                                         "--notify.webhook_key_file",
                                         (place_.path() / "key").string(),
                                         "--notify.email_server",
                                         "smtp://localhost:" + mail_port,
                                         "--notify.email_user",
                                         "robot",
                                         "--notify.email_password_file",
                                         (place_.path() / "mail").string(),
                                         "--notify.email_from",
                                         "hts@example.com",
                                         "--notify.email_to",
                                         "me@example.com",
                                         "--notify.ca_file",
                                         own_certificate().certificate,
                                         "--notify.routes",
                                         "* -> email, webhook",
                                         "--notify.failures_to_hand_on",
                                         "1",
                                         "--notify.batch_seconds",
                                         "0"});
    std::string told;
    const auto end = std::chrono::steady_clock::now() + metrics_patience;
    while ((told.find("session:1") == std::string::npos ||
            told.find("channel_failed") == std::string::npos) &&
           std::chrono::steady_clock::now() < end) {
      (void)daemon_client::get(daemon.url() + "/health", metrics_patience);
      told.clear();
      for (const auto& message : web.messages()) told += message.at("body").as_string().c_str();
    }
    EXPECT_THAT(told, HasSubstr("session:1"));
    EXPECT_THAT(told, HasSubstr("channel_failed"));
    constexpr const char* alert = R"("id":"channel_failed:email)";
    EXPECT_THAT(told, HasSubstr(alert));
    EXPECT_EQ(told.find(alert), told.rfind(alert)) << told;
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
    EXPECT_THAT(daemon.log() + told, Not(HasSubstr(wrong_password)));
  }
}

}  // namespace
}  // namespace hts::e2e
