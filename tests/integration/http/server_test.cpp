#include "adapters/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/runtime/trace.hpp"
#include "loopback_client.hpp"
#include "server_under_test.hpp"

namespace hts::http_test {
namespace {

constexpr std::size_t mebibyte = 1'048'576;

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view get_hello = "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";

TEST(Server, answers_with_length_date_and_a_request_id_of_its_own) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  const Answer first = client.exchange(get_hello);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "hello");
  EXPECT_EQ(first.header("content-type"), "text/plain");
  EXPECT_THAT(first.header("date"), MatchesRegex("[A-Z][a-z]+, .* GMT"));
  EXPECT_EQ(first.header("connection"), "");
  const Answer second = client.exchange(get_hello);
  EXPECT_THAT(first.header("x-request-id"), MatchesRegex("[0-9a-f]+-[0-9a-f]+"));
  EXPECT_NE(first.header("x-request-id"), second.header("x-request-id"));
}

TEST(Server, takes_over_a_sane_request_id_and_no_other) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  const Answer sane = client.exchange("GET / HTTP/1.1\r\nHost: t\r\nX-Request-Id: abc-1\r\n\r\n");
  EXPECT_EQ(sane.header("x-request-id"), "abc-1");
  const auto logged = tested.log.take();
  EXPECT_EQ(logged.request_id, "abc-1");
  EXPECT_EQ(logged.trace, runtime::trace_of("abc-1"));
  const Answer odd = client.exchange("GET / HTTP/1.1\r\nHost: t\r\nX-Request-Id: a b<c>\r\n\r\n");
  EXPECT_THAT(odd.header("x-request-id"), Not(HasSubstr("<")));
}

TEST(Server, tells_the_log_method_route_and_status_but_no_query) {
  ServerUnderTest tested;
  EXPECT_EQ(request(tested.port(), "GET", "/hello?token=secret").status, 200);
  const auto access = tested.log.take();
  EXPECT_EQ(access.method, "GET");
  EXPECT_EQ(access.route, "/tested");
  EXPECT_EQ(access.status, 200);
}

TEST(Server, answers_pipelined_requests_in_order) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  std::string requests;
  for (int i = 0; i < 2000; ++i) {
    const std::string body = std::to_string(i);
    requests += "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body;
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 2000; ++i) {
    const Answer answer = client.receive();
    ASSERT_EQ(answer.status, 200) << i;
    ASSERT_EQ(answer.body, std::to_string(i));
  }
}

TEST(Server, keeps_the_order_when_a_pipelined_request_is_answered_later) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send("GET /later HTTP/1.1\r\nHost: t\r\n\r\n" + std::string{get_hello});
  http::Responder responder = tested.waiting.take();
  EXPECT_EQ(responder.request().path, "/later");
  responder.send(http::json_response(202, "{}"));
  EXPECT_EQ(client.receive().status, 202);
  EXPECT_EQ(client.receive().body, "hello");
}

TEST(Server, reads_a_request_that_comes_byte_by_byte) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  const std::string text =
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: ignored\r\n\r\n";
  for (const char& byte : text) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.receive().body, "abcdefg");
}

TEST(Server, answers_a_client_that_has_closed_its_sending_half) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send("GET /later HTTP/1.1\r\nHost: t\r\n\r\n");
  client.finish_sending();
  tested.waiting.take().send(http::json_response(200, "{\"a\":1}"));
  EXPECT_EQ(client.receive().body, "{\"a\":1}");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Server, gives_head_the_length_without_the_content) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send("HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\n");
  const Answer head = client.receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "5");
  EXPECT_EQ(client.exchange(get_hello).body, "hello");
}

TEST(Server, says_continue_to_a_client_that_asks_before_its_body) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send(
      "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.exchange("ok").body, "ok");
}

TEST(Server, refuses_a_large_body_before_the_client_sends_it) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send(
      "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1048577\r\nExpect: "
      "100-continue\r\n\r\n");
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(tested.log.take().route, "unreadable");
}

TEST(Server, takes_one_mebibyte_and_not_a_byte_more) {
  ServerUnderTest tested;
  const std::string most(mebibyte, 'a');
  EXPECT_EQ(request(tested.port(), "POST", "/echo", most).body.size(), most.size());
  const Answer answer = request(tested.port(), "POST", "/echo", most + 'a');
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
}

TEST(Server, refuses_chunks_that_add_up_to_too_much) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "40000\r\n" + std::string(0x40000, 'c') + "\r\n";
  for (int i = 0; i < 5 && client.send(chunk); ++i) {
  }
  EXPECT_EQ(client.receive().status, 413);
}

TEST(Server, answers_broken_http_with_400_and_closes) {
  ServerUnderTest tested;
  const std::string nul_in_path = "GET /a" + std::string(1, '\0') + "b HTTP/1.1\r\nHost: t\r\n\r\n";
  const std::string post = "POST /echo HTTP/1.1\r\nHost: t\r\n";
  const std::vector<std::string> broken = {
      "garbage\r\n\r\n",
      std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11} + "\r\n\r\n",
      nul_in_path,
      "GET / HTTP/2.0\r\nHost: t\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : t\r\n\r\n",
      post + "Content-Length: -1\r\n\r\n",
      post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
  };
  for (const std::string& bytes : broken) {
    LoopbackClient client{tested.port()};
    client.send(bytes);
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_THAT(answer.body, HasSubstr("\"detail\":")) << bytes;
    EXPECT_TRUE(client.closed_by_server()) << bytes;
  }
  EXPECT_EQ(request(tested.port(), "GET", "/hello").status, 200);
}

TEST(Server, limits_request_line_and_fields) {
  ServerUnderTest tested;
  const auto status_of = [&](const std::string& bytes) {
    LoopbackClient client{tested.port()};
    client.send(bytes);
    return client.receive().status;
  };
  EXPECT_EQ(status_of("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: t\r\n\r\n"), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: t\r\nBig: " + std::string(20'000, 'a') + "\r\n\r\n"),
            431);
  std::string many = "GET / HTTP/1.1\r\nHost: t\r\n";
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_of(many + "\r\n"), 431);
}

TEST(Server, closes_after_the_answer_when_the_client_asks_or_speaks_http_1_0) {
  ServerUnderTest tested;
  LoopbackClient asking{tested.port()};
  EXPECT_EQ(asking.exchange("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(asking.closed_by_server());
  LoopbackClient old{tested.port()};
  EXPECT_EQ(old.exchange("GET / HTTP/1.0\r\n\r\n").header("connection"), "close");
  EXPECT_TRUE(old.closed_by_server());
  LoopbackClient keeping{tested.port()};
  const std::string kept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(keeping.exchange(kept).header("connection"), "keep-alive");
  EXPECT_EQ(keeping.exchange(kept).status, 200);
}

TEST(Server, gives_up_on_a_request_that_does_not_arrive) {
  http::ServerOptions options;
  options.request_timeout = std::chrono::milliseconds{50};
  ServerUnderTest tested{options};
  LoopbackClient client{tested.port()};
  client.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Server, closes_an_idle_connection) {
  http::ServerOptions options;
  options.idle_timeout = std::chrono::milliseconds{50};
  ServerUnderTest tested{options};
  // On a busy machine a connection may be idle for that long before its first request.
  std::unique_ptr<LoopbackClient> client;
  Answer answer;
  while (answer.status == 0) {
    client = std::make_unique<LoopbackClient>(tested.port());
    answer = client->exchange(get_hello);
  }
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(client->closed_by_server());
}

TEST(Server, closes_on_a_client_that_takes_no_answer) {
  http::ServerOptions options;
  options.write_timeout = std::chrono::milliseconds{50};
  ServerUnderTest tested{options};
  LoopbackClient client{tested.port()};
  for (int i = 0; i < 4; ++i) client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
  // The first answers are logged when they begin; the log falls silent once the client is cut.
  tested.log.take();
  while (tested.server().open_connections() > 0) std::this_thread::yield();
  EXPECT_LT(client.receive_all().size(), 32 * mebibyte);
}

TEST(Server, sends_large_answers_whole) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n" + std::string{get_hello});
  EXPECT_EQ(client.receive().body, std::string(8 * mebibyte, 'x'));
  EXPECT_EQ(client.receive().body, "hello");
}

TEST(Server, refuses_connections_over_the_limit_and_recovers) {
  http::ServerOptions options;
  options.max_connections = 2;
  options.linger_timeout = std::chrono::milliseconds{20};
  ServerUnderTest tested{options};
  auto first = std::make_unique<LoopbackClient>(tested.port());
  LoopbackClient second{tested.port()};
  EXPECT_EQ(first->exchange(get_hello).status, 200);
  EXPECT_EQ(second.exchange(get_hello).status, 200);
  LoopbackClient third{tested.port()};
  const Answer refused = third.exchange(get_hello);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_TRUE(third.closed_by_server());
  first.reset();
  while (tested.server().open_connections() > 1) std::this_thread::yield();
  EXPECT_EQ(request(tested.port(), "GET", "/hello").status, 200);
}

TEST(Server, answers_500_for_a_handler_that_throws_or_forgets) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  const Answer thrown = client.exchange("GET /throw HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(thrown.status, 500);
  EXPECT_THAT(thrown.body, Not(HasSubstr("broken")));
  EXPECT_THAT(thrown.body, HasSubstr(thrown.header("x-request-id")));
  EXPECT_EQ(tested.server().handler_exceptions(), 1U);
  EXPECT_EQ(client.exchange("GET /drop HTTP/1.1\r\nHost: t\r\n\r\n").status, 500);
  EXPECT_EQ(client.exchange(get_hello).status, 200);
}

TEST(Server, survives_a_client_that_leaves_before_its_answer) {
  ServerUnderTest tested;
  auto client = std::make_unique<LoopbackClient>(tested.port());
  client->send("GET /later HTTP/1.1\r\nHost: t\r\n\r\n");
  http::Responder responder = tested.waiting.take();
  client.reset();
  responder.send(http::json_response(200, std::string(100'000, ' ')));
  EXPECT_EQ(request(tested.port(), "GET", "/hello").status, 200);
}

TEST(Server, names_a_port_that_is_taken) {
  ServerUnderTest tested;
  boost::asio::io_context io;
  http::ServerOptions options;
  options.port = tested.port();
  const auto second = http::Server::listen(io, options, [](const auto&, http::Responder) {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, result::ErrorCode::conflict);
  EXPECT_EQ(second.error().field, "http.port");
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(tested.port())));
  options.address = "not an address";
  const auto third = http::Server::listen(io, options, [](const auto&, http::Responder) {});
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().field, "http.address");
}

constexpr std::string_view get_stream = "GET /stream HTTP/1.1\r\nHost: t\r\n\r\n";

TEST(Server, streams_for_as_long_as_the_client_stays_and_shows_that_it_lives) {
  http::ServerOptions options;
  options.stream_beat = std::chrono::milliseconds{5};
  ServerUnderTest tested{options};
  {
    LoopbackClient client{tested.port()};
    const Answer head = client.exchange(get_stream);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("content-length"), "");
    EXPECT_EQ(head.header("connection"), "close");
    EXPECT_EQ(client.receive_until("word.beat.beat."), "word.beat.beat.");
  }
  EXPECT_EQ(tested.ended_streams.take(), 1);
}

TEST(Server, notices_at_once_that_the_client_of_a_silent_stream_has_left) {
  ServerUnderTest tested;
  {
    LoopbackClient client{tested.port()};
    client.send(get_stream);
    EXPECT_THAT(client.receive_until("word."), HasSubstr("200 OK"));
  }
  EXPECT_EQ(tested.ended_streams.take(), 1);  // long before the next beat
}

}  // namespace
}  // namespace hts::http_test
