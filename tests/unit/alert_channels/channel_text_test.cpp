#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/alert_channels/email_channel.hpp"
#include "adapters/alert_channels/email_text.hpp"
#include "adapters/alert_channels/slack_channel.hpp"
#include "adapters/alert_channels/web_address.hpp"
#include "adapters/alert_channels/webhook_channel.hpp"

namespace hts::alert_channels {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(EmailText, plain_subjects_stay_readable) {
  EXPECT_EQ(header_text("[info] BUY BTC_KRW"), "[info] BUY BTC_KRW");
}

TEST(EmailText, other_subjects_become_encoded_words_of_whole_characters) {
  EXPECT_EQ(header_text("한"), "=?UTF-8?B?7ZWc?=");
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "한";
  const std::string encoded = header_text(subject);
  std::size_t begin = 0;
  int words = 0;
  while (begin < encoded.size()) {
    const auto end = std::min(encoded.find("\r\n ", begin), encoded.size());
    const auto word = encoded.substr(begin, end - begin);
    EXPECT_LE(word.size(), 75U);
    EXPECT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?=")) << word;
    EXPECT_EQ((word.size() - 12) % 4, 0U);
    begin = end + 3;
    ++words;
  }
  EXPECT_EQ(words, 3);
  EXPECT_EQ(header_text("a =?UTF-8?B?eA==?= b").find("=?UTF-8?B?YSA9"), 0U);
}

TEST(EmailText, no_header_can_be_added_by_what_an_alert_says) {
  EXPECT_EQ(header_text("a\r\nBcc: x@example.com\x7f"), "a  Bcc: x@example.com ");
  ports::AlertMessage message;
  message.subject = "한\r\nBcc: x@example.com";
  message.text = "\r\n.\r\nMAIL FROM:<x@example.com>";
  message.alerts = {{"id\r\nBcc: x@example.com", "", "", "", "", "{}", {}}};
  const auto letter = letter_text(message, "hts@example.com", {"a@example.com"}, {});
  EXPECT_THAT(letter, Not(HasSubstr("\nBcc")));
  EXPECT_THAT(letter, Not(HasSubstr("MAIL FROM")));
  EXPECT_THAT(letter, Not(HasSubstr("\n.\r")));
}

TEST(EmailText, every_line_is_short_and_ends_as_mail_wants_it) {
  ports::AlertMessage message;
  message.subject = std::string(3'000, 'x');
  message.text = std::string(5'000, 'y') + "\n한글\n";
  message.alerts = {{std::string(2'000, 'i'), "", "", "", "", "{}", {}}};
  const auto letter = letter_text(message, "hts@example.com", {"a@b.example", "c@d.example"}, {});
  std::size_t begin = 0;
  while (begin < letter.size()) {
    const auto end = letter.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - begin, 998U);
    EXPECT_EQ(letter.substr(begin, end - begin).find('\n'), std::string::npos);
    begin = end + 2;
  }
  EXPECT_THAT(letter, HasSubstr("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
}

TEST(EmailText, the_same_alerts_have_the_same_message_id) {
  ports::AlertMessage message;
  message.alerts = {{"1", "", "", "", "", "{}", {}}};
  const auto id_of = [](const std::string& letter) {
    const auto begin = letter.find("Message-ID:");
    return letter.substr(begin, letter.find('\r', begin) - begin);
  };
  const auto first = id_of(letter_text(message, "hts@example.com", {"a@b.c"}, {}));
  EXPECT_THAT(first, EndsWith("@example.com>"));
  message.text = "another";
  EXPECT_EQ(id_of(letter_text(message, "hts@example.com", {"a@b.c"},
                              time::Timestamp{std::chrono::days{1}})),
            first);
  message.alerts[0].id = "2";
  EXPECT_NE(id_of(letter_text(message, "hts@example.com", {"a@b.c"}, {})), first);
}

TEST(EmailText, base64_is_that_of_rfc_4648) {
  EXPECT_EQ(base64_lines("f"), "Zg==\r\n");
  EXPECT_EQ(base64_lines("fo"), "Zm8=\r\n");
  EXPECT_EQ(base64_lines("foobar"), "Zm9vYmFy\r\n");
  EXPECT_EQ(base64_lines(""), "");
  EXPECT_EQ(base64_lines(std::string(58, '\xff')).substr(0, 80), std::string(76, '/') + "\r\n/w");
}

TEST(EmailText, only_plain_addresses_are_addresses) {
  for (const char* good : {"a@b", "first.last+tag@mail.example.com"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nX: y", "<a@b>", "a@b,c@d",
                          "Me <a@b>", "한@b"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

TEST(EmailChannelOptions, what_makes_no_sense_names_its_setting) {
  EmailOptions options;
  options.server = "smtp://mail.example:587";
  options.from = "hts@example.com";
  options.to = {"a@example.com"};
  EXPECT_TRUE(EmailChannel::make(options));
  const auto field_of = [](const EmailOptions& wrong) {
    const auto made = EmailChannel::make(wrong);
    return made ? std::string{"accepted"} : made.error().field;
  };
  auto wrong = options;
  wrong.server = "mail.example:587";
  EXPECT_EQ(field_of(wrong), "notify.email_server");
  wrong = options;
  wrong.from = "HTS <hts@example.com>";
  EXPECT_EQ(field_of(wrong), "notify.email_from");
  wrong = options;
  wrong.to.clear();
  EXPECT_EQ(field_of(wrong), "notify.email_to");
  wrong.to = {"a@example.com\r\nRCPT TO:<x@example.com>"};
  EXPECT_EQ(field_of(wrong), "notify.email_to");
  wrong = options;
  wrong.password = "a\nb";
  EXPECT_EQ(field_of(wrong), "notify.email_user");
}

TEST(WebAddress, only_the_host_of_an_address_is_shown) {
  EXPECT_EQ(host_of("https://hooks.slack.com/services/T/B/secret"), "hooks.slack.com");
  EXPECT_EQ(host_of("https://user:word@host.example:8443/x@y"), "host.example");
  EXPECT_EQ(host_of("smtps://[::1]:465"), "[::1]");
}

TEST(WebAddress, alerts_leave_the_machine_encrypted_only) {
  EXPECT_TRUE(check_web_address("https://host.example/x", "s"));
  EXPECT_TRUE(check_web_address("http://127.0.0.1:80/x", "s"));
  EXPECT_TRUE(check_web_address("http://localhost/x", "s"));
  for (const char* bad :
       {"", "http://host.example/x", "host.example", "https://", "ftp://host/x", "https://host/x y",
        "https://host/\r\nX: y", "http://localhost.example/secret"}) {
    const auto checked = check_web_address(bad, "notify.webhook_url");
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().field, "notify.webhook_url");
    EXPECT_THAT(checked.error().message, Not(HasSubstr("secret")));
  }
}

TEST(Webhook, a_short_key_is_refused) {
  WebhookOptions options;
  options.url = "https://host.example/x";
  options.key = "short";
  const auto made = WebhookChannel::make(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().field, "notify.webhook_key_file");
  EXPECT_THAT(made.error().message, Not(HasSubstr("'short'")));
}

TEST(Webhook, details_that_are_no_object_are_an_empty_one) {
  ports::AlertMessage message;
  message.alerts = {{"1", "k", "info", "s", "t", "no json", {}}};
  EXPECT_THAT(webhook_body(message), HasSubstr(R"("details":{})"));
}

TEST(Slack, long_messages_are_cut_and_ids_counted) {
  ports::AlertMessage message;
  message.subject = "s";
  message.text = std::string(100'000, '<');
  for (int i = 0; i < 30; ++i) message.alerts.push_back({"id", "", "", "", "", "{}", {}});
  const auto body = slack_body(message);
  EXPECT_LT(body.size(), 31'000U);
  EXPECT_THAT(body, HasSubstr("and 10 more"));
}

}  // namespace
}  // namespace hts::alert_channels
