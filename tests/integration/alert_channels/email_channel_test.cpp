#include "adapters/alert_channels/email_channel.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receiver.hpp"

namespace hts::testing {
namespace {

using alert_channels::EmailChannel;
using alert_channels::EmailOptions;
using result::ErrorCode;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* secret = "s3cret-Passw0rd";

class Email : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_receiver_installed()) GTEST_SKIP() << no_receiver;
  }

  static EmailOptions options_for(const Receiver& receiver, const char* scheme = "smtp://") {
    EmailOptions options;
    options.server = scheme + std::string{"localhost:"} + receiver.port();
    options.from = "hts@example.com";
    options.to = {"first@example.com", "second@example.com"};
    options.exchange.timeout = std::chrono::seconds{20};
    options.exchange.ca_file = own_certificate().certificate;
    options.now = [] { return time::Timestamp{std::chrono::days{19'943}}; };
    return options;
  }

  static std::vector<std::string> with_tls(const Certificate& certificate, const char* tls) {
    return {"smtp",  "--tls",        tls, "--certificate", certificate.certificate,
            "--key", certificate.key};
  }
  static std::vector<std::string> plus(std::vector<std::string> words,
                                       const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static ports::AlertMessage sample() {
    ports::AlertMessage message;
    message.subject = "일일 손실 한도";
    message.text = "첫 줄\n.\n..two dots\nQUIT\n";
    message.alerts = {{"s1:7", "risk_halt", "critical", "subject", "text", "{}", {}},
                      {"s1:8", "risk_halt", "critical", "subject", "text", "{}", {}}};
    return message;
  }

  static result::Status deliver(EmailOptions options) {
    auto channel = EmailChannel::make(std::move(options));
    if (!channel) return std::move(channel).error();
    return (*channel)->deliver(sample());
  }

  static void expect_refused(const result::Status& outcome, ErrorCode code, const char* text) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, code) << outcome.error().message;
    EXPECT_THAT(outcome.error().message, HasSubstr(text));
    EXPECT_THAT(outcome.error().message, Not(HasSubstr(secret)));
  }
};

TEST_F(Email, goes_out_encrypted_and_authenticated_to_every_receiver) {
  for (const char* tls : {"starttls", "implicit"}) {
    SCOPED_TRACE(tls);
    const Receiver receiver(
        plus(with_tls(own_certificate(), tls), {"--user", "robot", "--password", secret}));
    auto options =
        options_for(receiver, std::string_view{tls} == "implicit" ? "smtps://" : "smtp://");
    options.user = "robot";
    options.password = secret;
    const auto sent = deliver(options);
    ASSERT_TRUE(sent) << sent.error().message;
    const auto messages = receiver.messages();
    ASSERT_EQ(messages.size(), 1U);
    const auto& message = messages[0].as_object();
    EXPECT_EQ(message.at("from"), "hts@example.com");
    EXPECT_EQ(message.at("to"), (boost::json::array{"first@example.com", "second@example.com"}));
    EXPECT_EQ(message.at("encrypted"), true);
    EXPECT_EQ(message.at("authenticated"), true);
    const std::string text{message.at("text").as_string()};
    EXPECT_THAT(text, HasSubstr("Subject: =?UTF-8?B?7J287J28IOyGkOyLpCDtlZzrj4Q=?="));
    EXPECT_THAT(text, HasSubstr("X-HTS-Alert-Id: s1:7"));
    EXPECT_THAT(text, HasSubstr("X-HTS-Alert-Id: s1:8"));
    EXPECT_THAT(text, HasSubstr("7LKrIOykhAouCi4udHdvIGRvdHMKUVVJVAoK"));
  }
}

TEST_F(Email, a_wrong_password_is_told_without_it) {
  const Receiver receiver(
      plus(with_tls(own_certificate(), "starttls"), {"--user", "robot", "--password", "other"}));
  auto options = options_for(receiver);
  options.user = "robot";
  options.password = secret;
  expect_refused(deliver(options), ErrorCode::invalid, "refused the user or the password");
}

TEST_F(Email, a_server_without_encryption_gets_no_password_and_no_alert) {
  const Receiver receiver({"smtp"});
  auto options = options_for(receiver);
  options.user = "robot";
  options.password = secret;
  expect_refused(deliver(options), ErrorCode::invalid, "offers no encryption");
  EXPECT_TRUE(receiver.messages().empty());
}

TEST_F(Email, a_certificate_of_another_host_is_refused) {
  for (const char* tls : {"starttls", "implicit"}) {
    SCOPED_TRACE(tls);
    const Receiver receiver(with_tls(foreign_certificate(), tls));
    auto options =
        options_for(receiver, std::string_view{tls} == "implicit" ? "smtps://" : "smtp://");
    options.exchange.ca_file = foreign_certificate().certificate;
    expect_refused(deliver(options), ErrorCode::invalid, "certificate of localhost");
    EXPECT_TRUE(receiver.messages().empty());
  }
}

TEST_F(Email, a_certificate_that_nobody_vouches_for_is_refused) {
  const Receiver receiver(with_tls(own_certificate(), "starttls"));
  auto options = options_for(receiver);
  options.exchange.ca_file.clear();
  expect_refused(deliver(options), ErrorCode::invalid, "certificate of localhost");
}

TEST_F(Email, a_refused_receiver_does_not_keep_the_alert_from_the_others) {
  const Receiver receiver(
      plus(with_tls(own_certificate(), "starttls"), {"--refuse", "first@example.com"}));
  auto options = options_for(receiver);
  std::vector<std::string> problems;
  options.on_problem = [&](const std::string& problem) { problems.push_back(problem); };
  auto channel = EmailChannel::make(options);
  ASSERT_TRUE(channel);
  for (int i = 0; i < 2; ++i) {
    const auto sent = (*channel)->deliver(sample());
    ASSERT_TRUE(sent) << sent.error().message;
  }
  ASSERT_EQ(receiver.messages().size(), 2U);
  EXPECT_EQ(receiver.messages()[0].at("to"), (boost::json::array{"second@example.com"}));
  EXPECT_THAT(problems, ElementsAre(HasSubstr("first@example.com")));  // once
}

TEST_F(Email, when_every_receiver_is_refused_the_alert_is_not_delivered) {
  const Receiver receiver(
      plus(with_tls(own_certificate(), "starttls"),
           {"--refuse", "first@example.com", "--refuse", "second@example.com"}));
  expect_refused(deliver(options_for(receiver)), ErrorCode::invalid, "refused every receiver");
  EXPECT_TRUE(receiver.messages().empty());
}

TEST_F(Email, an_unreachable_server_may_work_later) {
  EmailOptions options;
  {
    const Receiver receiver({"smtp"});
    options = options_for(receiver);
  }
  expect_refused(deliver(options), ErrorCode::network, "localhost cannot be reached");
}

TEST_F(Email, a_server_that_dies_within_the_letter_may_work_later) {
  const Receiver receiver(plus(with_tls(own_certificate(), "starttls"), {"--die-in-message"}));
  const auto outcome = deliver(options_for(receiver));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().code, AnyOf(ErrorCode::network, ErrorCode::unavailable))
      << outcome.error().message;
}

TEST_F(Email, a_server_that_says_nothing_is_given_up_after_its_time) {
  const Receiver receiver({"smtp", "--silent"});
  auto options = options_for(receiver);
  options.exchange.timeout = std::chrono::milliseconds{200};
  expect_refused(deliver(options), ErrorCode::timed_out, "did not answer in time");
}

TEST_F(Email, a_stop_of_the_daemon_ends_what_is_under_way) {
  const Receiver receiver({"smtp", "--silent"});
  auto options = options_for(receiver);
  options.exchange.timeout = std::chrono::minutes{10};
  options.exchange.interrupted = std::make_shared<const std::atomic<bool>>(true);
  expect_refused(deliver(options), ErrorCode::timed_out, "stopped");
}

}  // namespace
}  // namespace hts::testing
