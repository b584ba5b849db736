#include "adapters/webhook/inbound_webhook.hpp"

#include <chrono>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "adapters/webhook/webhook_signature.hpp"

namespace hts::webhook {
namespace {

using result::ErrorCode;
using namespace std::chrono_literals;

const std::string secret = "a shared secret";
const std::string body =
    R"({"ticker":"btcusdt","action":"BUY","price":"61837.63","quantity":0.5,"strategy":"breakout"})";
const time::Timestamp sent{1730336862s};

result::Result<WebhookSignal> come(SeenRequests& seen, time::Timestamp now = sent,
                                   const std::string& text = body,
                                   const std::string& timestamp = "1730336862") {
  const auto signature = signature_of(timestamp, text, secret);
  return verify_and_parse({timestamp, signature}, text, secret, now, seen);
}

TEST(inbound_webhook, a_signed_request_is_a_signal) {
  SeenRequests seen;
  const auto signal = come(seen);
  ASSERT_TRUE(signal.ok()) << signal.error().message;
  EXPECT_EQ(signal->symbol.text(), "BTC_USDT");
  EXPECT_EQ(signal->action, Action::buy);
  EXPECT_EQ(signal->price, 61837.63);
  EXPECT_EQ(signal->quantity, 0.5);
  EXPECT_EQ(signal->strategy, "breakout");
  EXPECT_EQ(signal->sent_at, sent);
}

TEST(inbound_webhook, the_signature_is_what_other_programs_make) {
  // printf '1730336862.{}' | openssl dgst -sha256 -hmac k
  EXPECT_EQ(signature_of("1730336862", "{}", "k"),
            "sha256=f10e65743bd231ffc71ac00c2d7ff4155f1852bae5e78e6bebe5f2f575cb2d8a");
  EXPECT_NE(signature_of("1", "2.x", "k"), signature_of("2", "1.x", "k"));
}

TEST(inbound_webhook, what_is_not_signed_so_is_refused_before_it_is_read) {
  SeenRequests seen;
  const auto good = signature_of("1730336862", body, secret);
  const auto refused = [&](const Headers& headers, const std::string& text,
                           const std::string& key) {
    const auto answer = verify_and_parse(headers, text, key, sent, seen);
    return !answer.ok() && answer.error().code == ErrorCode::invalid &&
           answer.error().field == "signature" &&
           answer.error().message.find(good) == std::string::npos;
  };
  EXPECT_TRUE(refused({"1730336862", ""}, body, secret));
  EXPECT_TRUE(refused({"1730336862", "sha256="}, body, secret));
  EXPECT_TRUE(refused({"1730336862", good}, body + " ", secret));
  EXPECT_TRUE(refused({"1730336863", good}, body, secret));
  EXPECT_TRUE(refused({"1730336862", good}, body, "another secret"));
  EXPECT_TRUE(refused({"1730336862", good}, body, ""));
  EXPECT_TRUE(refused({"1730336862", good.substr(7)}, body, secret));
  EXPECT_EQ(seen.size(), 0U);
}

TEST(inbound_webhook, old_and_future_requests_are_refused) {
  SeenRequests seen;
  EXPECT_TRUE(come(seen, sent + 5min).ok());
  EXPECT_EQ(come(seen, sent + 5min + 1s).error().field, "timestamp");
  EXPECT_EQ(come(seen, sent - 5min - 1s).error().field, "timestamp");
  for (const char* text : {"", "x", "-1", "1730336862.5", "99999999999999999999", " 1730336862"}) {
    EXPECT_EQ(come(seen, sent, body, text).error().field, "timestamp") << text;
  }
}

TEST(inbound_webhook, a_request_is_accepted_once_however_long_it_is_repeated) {
  SeenRequests seen;
  ASSERT_TRUE(come(seen, sent - 5min).ok());
  for (auto now = sent - 5min; now <= sent + 5min; now += 10s) {
    ASSERT_EQ(come(seen, now).error().code, ErrorCode::conflict);
  }
  EXPECT_EQ(come(seen, sent + 6min).error().field, "timestamp");
  // The next one forgets it.
  EXPECT_TRUE(come(seen, sent + 6min, body, "1730337200").ok());
  EXPECT_EQ(seen.size(), 1U);
}

TEST(inbound_webhook, a_refused_body_may_be_corrected_and_sent_again) {
  SeenRequests seen;
  EXPECT_FALSE(come(seen, sent, "{}").ok());
  EXPECT_EQ(seen.size(), 0U);
}

TEST(inbound_webhook, more_than_can_be_remembered_are_refused) {
  SeenRequests seen(5min, 2);
  EXPECT_TRUE(come(seen, sent, body, "1730336860").ok());
  EXPECT_TRUE(come(seen, sent, body, "1730336861").ok());
  EXPECT_EQ(come(seen).error().code, ErrorCode::unavailable);
}

TEST(inbound_webhook, a_body_that_makes_no_sense_names_the_member) {
  const auto field = [](const std::string& text) {
    const auto signal = parse_signal(text);
    return signal.ok() ? "accepted" : signal.error().field;
  };
  EXPECT_EQ(field(R"({"symbol":"?","action":"buy"})"), "symbol");
  EXPECT_EQ(field(R"({"action":"buy"})"), "symbol");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT"})"), "action");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT","action":"hold"})"), "action");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT","action":"buy","price":0})"), "price");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT","action":"buy","price":"inf"})"), "price");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT","action":"buy","quantity":1e18})"), "quantity");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT","action":"buy","strategy":7})"), "strategy");
  EXPECT_EQ(field(R"({"symbol":"BTCUSDT","side":"sell","price":null})"), "accepted");
  EXPECT_EQ(parse_signal("[1]").error().code, ErrorCode::malformed);
  EXPECT_EQ(parse_signal("{").error().code, ErrorCode::malformed);
}

TEST(inbound_webhook, damaged_bodies_never_crash) {
  std::mt19937 random(5);
  for (int round = 0; round < 5000; ++round) {
    std::string text = body;
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = static_cast<char>(random());
    (void)parse_signal(text);
  }
}

}  // namespace
}  // namespace hts::webhook
