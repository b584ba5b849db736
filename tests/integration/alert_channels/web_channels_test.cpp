#include <chrono>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/alert_channels/slack_channel.hpp"
#include "adapters/alert_channels/webhook_channel.hpp"
#include "adapters/webhook/webhook_signature.hpp"
#include "receiver.hpp"

namespace hts::testing {
namespace {

using alert_channels::ExchangeOptions;
using alert_channels::SlackChannel;
using alert_channels::WebhookChannel;
using alert_channels::WebhookOptions;
using result::ErrorCode;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* secret_path = "/services/T0/B0/verySecretPath";
constexpr const char* key = "0123456789abcdef0123456789abcdef";

class WebChannels : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_receiver_installed()) GTEST_SKIP() << no_receiver;
  }

  static std::vector<std::string> https(const Certificate& certificate) {
    return {"http",  "--tls",        "implicit", "--certificate", certificate.certificate,
            "--key", certificate.key};
  }
  static ExchangeOptions exchange() {
    return {std::chrono::seconds{20}, own_certificate().certificate, {}};
  }
  static ports::AlertMessage sample() {
    ports::AlertMessage message;
    message.subject = "BUY <BTC_KRW> & more";
    message.text = "줄 1\nline 2";
    message.alerts = {{"s1:7", "signal", "info", "BUY", "text", R"({"price":0.1})",
                       time::Timestamp{std::chrono::days{19'943}}}};
    return message;
  }
  static result::Status to_slack(const Receiver& receiver, const char* scheme,
                                 ExchangeOptions exchange) {
    auto channel = SlackChannel::make(
        scheme + std::string{"127.0.0.1:"} + receiver.port() + secret_path, std::move(exchange));
    if (!channel) return std::move(channel).error();
    return (*channel)->deliver(sample());
  }
};

TEST_F(WebChannels, slack_gets_subject_lines_and_ids) {
  const Receiver receiver(https(own_certificate()));
  const auto sent = to_slack(receiver, "https://", exchange());
  ASSERT_TRUE(sent) << sent.error().message;
  const auto messages = receiver.messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].at("request").as_string(),
            "POST " + std::string{secret_path} + " HTTP/1.1");
  const auto body = boost::json::parse(messages[0].at("body").as_string());
  EXPECT_EQ(body.at("text"), "*BUY &lt;BTC_KRW&gt; &amp; more*\n줄 1\nline 2\nid: s1:7");
}

TEST_F(WebChannels, a_webhook_is_signed_over_its_time_and_its_body) {
  const Receiver receiver(https(own_certificate()));
  WebhookOptions options;
  options.url = "https://127.0.0.1:" + receiver.port() + "/alerts?to=desk";
  options.key = key;
  options.exchange = exchange();
  options.now = [] { return time::Timestamp{std::chrono::seconds{1'723'075'200}}; };
  auto channel = WebhookChannel::make(options);
  ASSERT_TRUE(channel);
  const auto sent = (*channel)->deliver(sample());
  ASSERT_TRUE(sent) << sent.error().message;
  const auto messages = receiver.messages();
  ASSERT_EQ(messages.size(), 1U);
  const auto& headers = messages[0].at("headers").as_object();
  const std::string body{messages[0].at("body").as_string()};
  EXPECT_EQ(headers.at("x-hts-timestamp"), "1723075200");
  EXPECT_EQ(headers.at("x-hts-signature").as_string(),
            webhook::signature_of("1723075200", body, key));
  const auto json = boost::json::parse(body);
  EXPECT_EQ(json.at("alerts").at(0).at("id"), "s1:7");
  EXPECT_EQ(json.at("alerts").at(0).at("details").at("price"), 0.1);
  EXPECT_EQ(json.at("alerts").at(0).at("created_at"), "2024-08-08T00:00:00Z");
}

TEST_F(WebChannels, statuses_tell_what_may_work_later) {
  for (const int status : {408, 429, 500, 503}) {
    const Receiver receiver({"http", "--status", std::to_string(status)});
    const auto outcome = to_slack(receiver, "http://", exchange());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::unavailable) << status;
  }
  for (const int status : {302, 400, 403, 404, 410}) {
    const Receiver receiver({"http", "--status", std::to_string(status)});
    const auto outcome = to_slack(receiver, "http://", exchange());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::invalid) << status;
    EXPECT_THAT(outcome.error().message, Not(HasSubstr("verySecretPath")));
  }
}

TEST_F(WebChannels, a_certificate_of_another_host_is_refused_without_naming_the_address) {
  const Receiver receiver(https(foreign_certificate()));
  const auto outcome = to_slack(receiver, "https://",
                                {std::chrono::seconds{20}, foreign_certificate().certificate, {}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::invalid);
  EXPECT_THAT(outcome.error().message, HasSubstr("certificate of 127.0.0.1"));
  EXPECT_THAT(outcome.error().message, Not(HasSubstr("verySecretPath")));
  EXPECT_TRUE(receiver.messages().empty());
}

TEST_F(WebChannels, a_server_that_is_away_dies_or_says_nothing_may_work_later) {
  const Receiver dying({"http", "--die-in-message"});
  const Receiver silent({"http", "--silent"});
  ExchangeOptions impatient = exchange();
  impatient.timeout = std::chrono::milliseconds{300};
  for (const auto& outcome :
       {to_slack(dying, "http://", exchange()), to_slack(silent, "http://", impatient)}) {
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().code, AnyOf(ErrorCode::network, ErrorCode::timed_out));
    EXPECT_THAT(outcome.error().message, Not(HasSubstr("verySecretPath")));
  }
}

}  // namespace
}  // namespace hts::testing
