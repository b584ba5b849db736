#include <gtest/gtest.h>

#include "loopback_client.hpp"
#include "server_under_test.hpp"

namespace hts::http_test {
namespace {

constexpr std::string_view get_later = "GET /later HTTP/1.1\r\nHost: t\r\n\r\n";
constexpr std::chrono::milliseconds long_enough{20'000};

TEST(Drain, gives_a_request_under_way_its_answer_and_then_closes) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send(get_later);
  http::Responder responder = tested.waiting.take();

  Handover<std::size_t> drained;
  tested.server().drain(long_enough, [&](std::size_t cut) { drained.put(cut); });
  responder.send(http::json_response(200, "{\"kept\":true}"));

  const Answer answer = client.receive();
  EXPECT_EQ(answer.body, "{\"kept\":true}");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(drained.take(), 0U);
  EXPECT_FALSE(LoopbackClient{tested.port()}.connected());
}

TEST(Drain, closes_idle_connections_at_once) {
  ServerUnderTest tested;
  LoopbackClient used{tested.port()};
  EXPECT_EQ(used.exchange("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n").status, 200);
  LoopbackClient busy{tested.port()};
  busy.send(get_later);
  http::Responder responder = tested.waiting.take();

  Handover<std::size_t> drained;
  tested.server().drain(long_enough, [&](std::size_t cut) { drained.put(cut); });
  EXPECT_TRUE(used.closed_by_server());  // while the other is still being answered
  responder.send(http::json_response(200, "{}"));
  const Answer answer = busy.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(drained.take(), 0U);
}

TEST(Drain, answers_503_to_what_is_left_at_its_deadline_and_says_how_many) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  client.send(get_later);
  http::Responder responder = tested.waiting.take();
  LoopbackClient half{tested.port()};
  half.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\nGET /hel");
  EXPECT_EQ(half.receive().status, 200);
  Handover<std::size_t> drained;
  tested.server().drain(std::chrono::milliseconds{20}, [&](std::size_t cut) { drained.put(cut); });
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.header("retry-after"), "");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(half.closed_by_server());
  EXPECT_EQ(drained.take(), 2U);
  EXPECT_EQ(responder.request().path, "/later");   // still there for a late handler,
  responder.send(http::json_response(200, "{}"));  // whose answer is dropped
  EXPECT_FALSE(responder.pending());
}

TEST(Drain, cuts_a_client_that_takes_no_answer) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  for (int i = 0; i < 4; ++i) client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
  tested.log.take();
  Handover<std::size_t> drained;
  tested.server().drain(std::chrono::milliseconds{20}, [&](std::size_t cut) { drained.put(cut); });
  EXPECT_EQ(drained.take(), 1U);
}

TEST(Drain, is_done_at_once_without_connections) {
  ServerUnderTest tested;
  Handover<std::size_t> drained;
  tested.server().drain(long_enough, [&](std::size_t cut) { drained.put(cut); });
  EXPECT_EQ(drained.take(), 0U);
}

TEST(Drain, answers_a_request_that_is_still_arriving) {
  ServerUnderTest tested;
  LoopbackClient client{tested.port()};
  // The first answer proves that the server has read the beginning of the second request.
  client.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\nPOST /echo HTTP/1.1\r\nHost: t\r\nContent-");
  EXPECT_EQ(client.receive().body, "hello");
  Handover<std::size_t> drained;
  tested.server().drain(long_enough, [&](std::size_t cut) { drained.put(cut); });
  client.send("Length: 3\r\n\r\nend");
  EXPECT_EQ(client.receive().body, "end");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(drained.take(), 0U);
}

}  // namespace
}  // namespace hts::http_test
