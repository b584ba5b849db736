#include "adapters/http/webhook/webhook_gate.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/webhook/webhook_signature.hpp"

namespace hts::http {
namespace {

using namespace std::chrono_literals;

const std::string secret = "a shared secret";
const std::string body = R"({"symbol":"KRW-BTC","action":"buy","quantity":0.5})";
const time::Timestamp start{1'730'336'000s};
const time::Timestamp now = start + 60s;

class Gate : public testing::Test {
 protected:
  /// The status of the refusal; 0: it may enter.
  int come(time::Timestamp signed_at, std::string_view text = body,
           std::string_view path = "/api/webhooks/tv", std::string_view key = secret) {
    const std::string timestamp = std::to_string(
        std::chrono::floor<std::chrono::seconds>(signed_at.time_since_epoch()).count());
    const std::string signature = webhook::signature_of(timestamp, text, key);
    const std::vector<HeaderField> fields{{"x-hts-timestamp", timestamp},
                                          {"x-hts-signature", signature}};
    return come_with(fields, text, path);
  }
  int come_with(const std::vector<HeaderField>& fields, std::string_view text = body,
                std::string_view path = "/api/webhooks/tv", Method method = Method::post) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.headers = fields;
    request.body = text;
    const auto problem = gate_.refuse(request, now);
    if (problem) refusal_ = *problem;
    return problem ? problem->status : 0;
  }
  std::uint64_t count(std::string_view outcome) {
    for (const auto& reading : gate_.readings()) {
      if (reading.outcome == outcome) return reading.requests;
    }
    return 0;
  }

  std::vector<std::string> notes_;
  Problem refusal_;
  WebhookGate gate_{
      {{{"tv", secret}}, 300s, start, [this](const std::string& what) { notes_.push_back(what); }}};
};

TEST_F(Gate, lets_a_signed_request_in_once) {
  EXPECT_EQ(come(now), 0);
  EXPECT_EQ(come(now), 409);
  EXPECT_EQ(refusal_.field, "signature");
  EXPECT_EQ(come(now - 1s), 0);
  EXPECT_EQ(count("accepted"), 2U);
  EXPECT_EQ(count("repeated"), 1U);
}

TEST_F(Gate, other_requests_are_none_of_its_business) {
  EXPECT_EQ(come_with({}, body, "/api/webhooks"), 0);
  EXPECT_EQ(come_with({}, body, "/api/webhooks/tv/more"), 0);
  EXPECT_EQ(come_with({}, body, "/api/backtests/run"), 0);
  EXPECT_EQ(come_with({}, body, "/api/webhooks/tv", Method::get), 0);
}

TEST_F(Gate, no_spelling_of_the_path_gets_around_it) {
  for (const std::string_view path : {"/api/webhooks/tv", "/api/webhooks/tv/", "/api/%77ebhooks/tv",
                                      "/%61pi/webhooks/t%76", "/api/webhooks/%74v/"}) {
    EXPECT_EQ(come_with({}, body, path), 401) << path;
  }
  EXPECT_EQ(count("unsigned"), 5U);
}

TEST_F(Gate, what_is_not_signed_with_the_secret_is_401_whatever_else_is_wrong) {
  EXPECT_EQ(come(now, body, "/api/webhooks/tv", "another secret"), 401);
  EXPECT_EQ(refusal_.field, "signature");
  EXPECT_EQ(come(start, "{", "/api/webhooks/tv", "another secret"), 401);
  EXPECT_EQ(come(now + 10s, body, "/api/webhooks/tv", "another secret"), 401);
  EXPECT_EQ(refusal_.kind, "unsigned");
  EXPECT_EQ(come(now, body, "/api/webhooks/other"), 404);
  EXPECT_EQ(count("unsigned"), 3U);
}

TEST_F(Gate, what_was_signed_long_ago_or_in_the_future_is_401) {
  EXPECT_EQ(come(now - 301s), 401);
  EXPECT_EQ(refusal_.field, "timestamp");
  EXPECT_EQ(come(now + 3s), 401);
  EXPECT_EQ(refusal_.kind, "stale");
  EXPECT_EQ(come(now + 2s), 0);
  EXPECT_EQ(count("stale"), 2U);
}

TEST_F(Gate, what_the_process_before_may_have_had_is_sent_anew) {
  EXPECT_EQ(come(start - 5s), 503);
  EXPECT_EQ(refusal_.retry_after_seconds, 3);
  EXPECT_EQ(come(start + 2s), 503);
  EXPECT_EQ(come(start + 2s), 503);
  EXPECT_EQ(come(start + 3s), 0);
  EXPECT_EQ(count("busy"), 3U);
}

TEST_F(Gate, a_body_that_makes_no_sense_is_told_to_whoever_signed_it) {
  EXPECT_EQ(come(now, "["), 400);
  EXPECT_EQ(come(now, R"({"symbol":"KRW-BTC","action":"jump"})"), 422);
  EXPECT_EQ(refusal_.field, "action");
  EXPECT_EQ(come(now, R"({"symbol":"?","action":"buy"})"), 400);
  EXPECT_EQ(count("malformed"), 3U);
}

TEST_F(Gate, notes_each_kind_of_refusal_once_until_a_good_one_comes) {
  EXPECT_EQ(come_with({}), 401);
  EXPECT_EQ(come_with({}), 401);
  EXPECT_EQ(come(now - 400s), 401);
  ASSERT_EQ(notes_.size(), 2U);
  EXPECT_NE(notes_[0].find("'tv'"), std::string::npos);
  for (const std::string& note : notes_) EXPECT_EQ(note.find(secret), std::string::npos);
  EXPECT_EQ(come(now), 0);
  EXPECT_EQ(come_with({}), 401);
  EXPECT_EQ(notes_.size(), 3U);
}

}  // namespace
}  // namespace hts::http
