#include "adapters/daemon_client/event_parser.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace hts::daemon_client {
namespace {

std::vector<Event> parse(std::string_view text, std::size_t step) {
  EventParser parser;
  std::vector<Event> events;
  for (std::size_t at = 0; at < text.size(); at += step) {
    parser.feed(text.substr(at, step), [&](const Event& event) { events.push_back(event); });
  }
  return events;
}

TEST(EventParser, reads_events_however_their_bytes_arrive) {
  const std::string_view text =
      "retry: 1000\n\n: a comment\n\nevent: job\r\nid: a-1\r\ndata: {\"x\":\r\ndata: 1}\r\n\r\n"
      "data:bare\n\nevent: nothing\n\nevent: gap\ndata:\n\nevent: job\ndata: cut off";
  for (std::size_t step = 1; step < text.size(); ++step) {
    const auto events = parse(text, step);
    ASSERT_EQ(events.size(), 3U) << step;
    EXPECT_EQ(events[0].name, "job");
    EXPECT_EQ(events[0].id, "a-1");
    EXPECT_EQ(events[0].data, "{\"x\":\n1}");
    EXPECT_EQ(events[1].name, "message");
    EXPECT_EQ(events[1].id, "a-1");
    EXPECT_EQ(events[1].data, "bare");
    EXPECT_EQ(events[2].name, "gap");
    EXPECT_EQ(events[2].data, "");
  }
}

}  // namespace
}  // namespace hts::daemon_client
