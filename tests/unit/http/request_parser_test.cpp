#include "adapters/http/request_parser.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace hts::http {
namespace {

using State = RequestParser::State;

// Feeds as a connection does: pieces of at most `step` bytes, unconsumed ones again.
State feed_in_steps(RequestParser& parser, std::string_view bytes, std::size_t step) {
  std::size_t begin = 0;
  std::size_t end = 0;
  while (end < bytes.size()) {
    end = std::min(bytes.size(), end + step);
    std::size_t consumed = 0;
    const State state = parser.feed(bytes.substr(begin, end - begin), consumed);
    begin += consumed;
    if (state != State::need_more) return state;
  }
  return State::need_more;
}

TEST(RequestParser, reads_the_same_request_whatever_pieces_it_comes_in) {
  const std::string bytes =
      "\r\nPOST http://host:80/a/b?x=1&y=%20 HTTP/1.1\r\nHost: t\r\nX-Fold: a\r\n  b\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;e=\"f\"\r\n!\r\n0\r\nT: u\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    RequestParser parser{{}};
    ASSERT_EQ(feed_in_steps(parser, bytes, step), State::complete) << step;
    const HttpRequest& request = parser.request();
    EXPECT_EQ(request.method, Method::post);
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query, "x=1&y=%20");
    EXPECT_EQ(request.header("HOST"), "t");
    EXPECT_EQ(request.header("T"), "");
    EXPECT_EQ(request.body, "hello!");
    EXPECT_TRUE(parser.keep_alive());
  }
}

TEST(RequestParser, stops_at_the_end_of_a_request_and_reads_the_next_after_reset) {
  RequestParser parser{{}};
  const std::string two = "GET /a HTTP/1.1\r\nHost: t\r\n\r\nGET /b HTTP/1.1\r\nHost: t\r\n\r\n";
  std::size_t consumed = 0;
  ASSERT_EQ(parser.feed(two, consumed), State::complete);
  EXPECT_EQ(consumed, two.size() / 2);
  EXPECT_EQ(parser.request().path, "/a");
  parser.reset();
  EXPECT_FALSE(parser.started());
  ASSERT_EQ(parser.feed(std::string_view{two}.substr(consumed), consumed), State::complete);
  EXPECT_EQ(parser.request().path, "/b");
}

TEST(RequestParser, refuses_transfer_codings_that_it_does_not_know) {
  RequestParser parser{{}};
  std::size_t consumed = 0;
  EXPECT_EQ(parser.feed("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                        consumed),
            State::failed);
  EXPECT_EQ(parser.failure_status(), 501);
}

TEST(RequestParser, refuses_expectations_that_it_does_not_know) {
  RequestParser parser{{}};
  std::size_t consumed = 0;
  EXPECT_EQ(parser.feed("GET / HTTP/1.1\r\nHost: t\r\nExpect: cake\r\n\r\n", consumed),
            State::failed);
  EXPECT_EQ(parser.failure_status(), 417);
}

TEST(RequestParser, stays_failed_once_it_failed) {
  RequestParser parser{{}};
  std::size_t consumed = 0;
  ASSERT_EQ(parser.feed("nonsense\r\n\r\n", consumed), State::failed);
  EXPECT_EQ(parser.feed("GET / HTTP/1.1\r\nHost: t\r\n\r\n", consumed), State::failed);
  EXPECT_EQ(parser.failure_status(), 400);
}

TEST(RequestParser, counts_header_bytes_over_many_pieces) {
  ParserLimits limits;
  limits.header_bytes = 1024;
  RequestParser parser{limits};
  std::string bytes = "GET / HTTP/1.1\r\nHost: t\r\n";
  for (int i = 0; i < 60; ++i) bytes += "Some-Field: with a value\r\n";
  EXPECT_EQ(feed_in_steps(parser, bytes, 26), State::failed);
  EXPECT_EQ(parser.failure_status(), 431);
}

// Any bytes: an answer or a refusal, never a crash. The sanitizer presets give this its teeth.
TEST(RequestParser, survives_damaged_requests) {
  const std::string sound =
      "POST /a?b=c HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  std::minstd_rand random{20240607};
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = sound;
    for (unsigned damage = random() % 4 + 1; damage > 0; --damage) {
      const std::size_t place = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[place] = static_cast<char>(random() % 256);
          break;
        case 1:
          bytes.erase(place, random() % 8);
          break;
        default:
          bytes.insert(place, sound.substr(random() % sound.size(), random() % 16));
          break;
      }
      if (bytes.empty()) bytes = "x";
    }
    RequestParser parser{{}};
    if (feed_in_steps(parser, bytes, random() % 32 + 1) == State::failed) {
      ++refused;
      EXPECT_GE(parser.failure_status(), 400) << bytes;
      EXPECT_FALSE(parser.failure_detail().empty());
    }
  }
  EXPECT_GT(refused, 5'000U);
}

}  // namespace
}  // namespace hts::http
