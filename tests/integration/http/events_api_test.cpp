#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api_under_test.hpp"

namespace hts::http_test {
namespace {

using jobs::JobState;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

jobs::JobEvent event_of(std::uint64_t number, JobState state = JobState::running,
                        double progress = 0) {
  jobs::JobEvent event;
  event.id = job_id(number);
  event.kind = "backtest";
  event.state = state;
  event.progress = progress;
  event.at = time::from_milliseconds(1'582'186'740'000);
  return event;
}

/// A client that listens, its head of the answer read.
class Listener {
 public:
  explicit Listener(const ApiUnderTest& api, const std::string& query = {},
                    const std::string& fields = {})
      : client_(api.port()) {
    client_.send("GET /api/events" + query + " HTTP/1.1\r\nHost: t\r\n" + fields + "\r\n");
    head_ = client_.receive();
    if (head_.status == 200) greeting_ = next();
  }
  [[nodiscard]] const Answer& head() const { return head_; }
  [[nodiscard]] const std::string& greeting() const { return greeting_; }
  [[nodiscard]] std::string next() { return client_.receive_until("\n\n"); }
  [[nodiscard]] LoopbackClient& client() { return client_; }

 private:
  LoopbackClient client_;
  Answer head_;
  std::string greeting_;
};

TEST(EventsApi, tells_what_happens_to_jobs_as_it_happens) {
  ApiUnderTest api;
  Listener listener{api};
  EXPECT_EQ(listener.head().header("content-type"), "text/event-stream");
  EXPECT_EQ(listener.head().header("cache-control"), "no-store");
  EXPECT_EQ(listener.head().header("content-length"), "");
  EXPECT_EQ(listener.greeting(), "retry: 1000\n\n");
  api.events.announce(event_of(1, JobState::running, 0.5));
  EXPECT_EQ(listener.next(),
            "event: job\nid: a1-1\ndata: {\"task_id\":\"" + job_id(1).text() +
                "\",\"kind\":\"backtest\",\"status\":\"running\",\"progress\":0.5,\"error\":null,"
                "\"run_id\":null,\"at\":\"2020-02-20T08:19:00Z\"}\n\n");
  jobs::JobEvent failed = event_of(2, JobState::failed);
  failed.error = "Two\nlines.";
  api.events.announce(failed);
  EXPECT_THAT(listener.next(), HasSubstr(R"("error":"Two\nlines.")"));
}

TEST(EventsApi, tells_no_password) {
  ApiUnderTest api;
  Listener listener{api};
  jobs::JobEvent failed = event_of(2, JobState::failed);
  failed.error = "redis://north:s3cret@queue:6379 cannot be reached: start it.";
  api.events.announce(failed);
  const std::string told = listener.next();
  EXPECT_THAT(told, HasSubstr("redis://north@queue:6379"));
  EXPECT_THAT(told, Not(HasSubstr("s3cret")));
}

TEST(EventsApi, tells_of_one_job_alone) {
  ApiUnderTest api;
  Listener listener{api, "?task_id=" + job_id(2).text()};
  for (const std::uint64_t number : {1U, 2U, 3U}) api.events.announce(event_of(number));
  EXPECT_THAT(listener.next(), HasSubstr("id: a1-2\n"));
  api.events.announce(event_of(2));
  EXPECT_THAT(listener.next(), HasSubstr("id: a1-4\n"));
  EXPECT_EQ(api.get("/api/events?task_id=7").status, 422);
}

TEST(EventsApi, goes_on_where_a_client_was) {
  ApiUnderTest api;
  for (const std::uint64_t number : {1U, 2U, 3U}) api.events.announce(event_of(number));
  Listener listener{api, "", "Last-Event-ID: a1-1\r\n"};
  EXPECT_THAT(listener.next(), HasSubstr("id: a1-2\n"));
  EXPECT_THAT(listener.next(), HasSubstr("id: a1-3\n"));
  Listener up_to_date{api, "", "Last-Event-ID: a1-3\r\n"};
  api.events.announce(event_of(4));
  EXPECT_THAT(up_to_date.next(), HasSubstr("id: a1-4\n"));
}

TEST(EventsApi, says_so_when_events_were_missed) {
  ApiUnderTest api;
  for (std::uint64_t number = 1; number <= 7; ++number) api.events.announce(event_of(number));
  Listener late{api, "", "Last-Event-ID: a1-1\r\n"};
  EXPECT_EQ(late.next(), "event: gap\nid: a1-3\ndata: {\"missed\":2}\n\n");
  EXPECT_THAT(late.next(), HasSubstr("id: a1-4\n"));
  Listener of_another_life{api, "", "Last-Event-ID: 77-1\r\n"};
  EXPECT_EQ(of_another_life.next(), "event: gap\nid: a1-7\ndata: {\"missed\":null}\n\n");
  Listener from_the_future{api, "", "Last-Event-ID: a1-99\r\n"};
  EXPECT_THAT(from_the_future.next(), StartsWith("event: gap\n"));
}

TEST(EventsApi, serves_a_bounded_number_of_clients) {
  ApiUnderTest api;
  Listener one{api};
  Listener two{api};
  {
    Listener three{api};
    const Answer refused = api.get("/api/events");
    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(refused.header("retry-after"), "");
  }
  while (api.events.listeners() == 3) {  // until the server has seen the third leave
  }
  Listener four{api};
  EXPECT_EQ(four.head().status, 200);
}

TEST(EventsApi, does_not_keep_a_place_for_those_who_only_ask_for_the_head) {
  ApiUnderTest api;
  EXPECT_EQ(request(api.port(), "HEAD", "/api/events").status, 200);
  while (api.events.listeners() > 0) {
  }
  EXPECT_EQ(api.events.listeners(), 0U);
}

TEST(EventsApi, drops_events_of_a_client_that_does_not_read_and_says_how_many) {
  ApiUnderTest api;
  Listener slow{api};
  jobs::JobEvent large = event_of(1, JobState::failed);
  large.error.assign(100'000, 'x');
  // More than the sockets take; nobody waits for the client meanwhile.
  for (int i = 0; i < 400; ++i) api.events.announce(large);
  std::string kind;
  std::uint64_t told = 0;
  std::uint64_t missed = 0;
  for (std::string event; told + missed < 400 && !(event = slow.next()).empty();) {
    if (event.starts_with("event: job\n")) ++told;
    if (event.starts_with("event: gap\n")) {
      missed += std::stoull(event.substr(event.find("missed\":") + 8));
    }
  }
  EXPECT_EQ(told + missed, 400U);
  EXPECT_GT(missed, 0U);
}

TEST(EventsApi, says_goodbye_when_the_server_stops) {
  ApiUnderTest api;
  Listener listener{api};
  Handover<std::size_t> drained;
  api.server().drain(std::chrono::seconds{20}, [&](std::size_t cut) { drained.put(cut); });
  EXPECT_THAT(listener.next(), StartsWith("event: end\n"));
  EXPECT_TRUE(listener.client().closed_by_server());
  EXPECT_EQ(drained.take(), 0U);
}

}  // namespace
}  // namespace hts::http_test
