#include "adapters/feed/websocket_frames.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/feed/stream_url.hpp"
#include "adapters/feed/upgrade.hpp"

namespace hts::feed {
namespace {

using Event = FrameDecoder::Event;

std::string server_frame(unsigned first, const std::string& payload) {
  std::string bytes(1, static_cast<char>(first));
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    bytes += static_cast<char>(126);
    bytes += static_cast<char>(payload.size() >> 8U);
    bytes += static_cast<char>(payload.size());
  } else {
    bytes += static_cast<char>(127);
    for (int shift = 56; shift >= 0; shift -= 8)
      bytes += static_cast<char>(payload.size() >> shift);
  }
  return bytes + payload;
}

void feed_bytes(FrameDecoder& decoder, std::string_view bytes) {
  const auto room = decoder.room(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), room.begin());
  decoder.received(bytes.size());
}

/// What comes out of bytes that arrive in pieces of at most `piece`.
std::vector<std::string> events_of(std::string_view bytes, std::size_t piece,
                                   std::size_t most = 1U << 20U) {
  FrameDecoder decoder(most);
  std::vector<std::string> events;
  while (!bytes.empty()) {
    feed_bytes(decoder, bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      std::string_view payload;
      const Event event = decoder.next(payload);
      if (event == Event::incomplete) break;
      if (event == Event::violation) {
        events.push_back("violation: " + std::string(decoder.problem()));
        return events;
      }
      constexpr const char* names[] = {"", "message ", "ping ", "pong ", "close "};
      events.push_back(names[static_cast<int>(event)] + std::string(payload));
    }
  }
  return events;
}

TEST(websocket_frames, messages_come_out_whole_whatever_the_pieces) {
  const std::string large(70'000, 'x');
  const std::string medium(300, 'y');
  const std::string bytes = server_frame(0x81, "one") + server_frame(0x89, "are you there") +
                            server_frame(0x82, medium) + server_frame(0x01, "he") +
                            server_frame(0x8a, "pong") + server_frame(0x00, "ll") +
                            server_frame(0x80, "o") + server_frame(0x81, large) +
                            server_frame(0x81, "") + server_frame(0x88, "\x03\xe9gone");
  const std::vector<std::string> expected = {
      "message one",   "ping are you there", "message " + medium, "pong pong",
      "message hello", "message " + large,   "message ",          "close \x03\xe9gone"};
  for (const std::size_t piece : {1U, 2U, 7U, 1000U, 65536U, 1'000'000U}) {
    EXPECT_EQ(events_of(bytes, piece), expected) << piece;
  }
}

TEST(websocket_frames, what_breaks_the_rules_is_named) {
  const auto only = [](const std::string& bytes, std::size_t most = 1U << 20U) {
    const auto events = events_of(bytes, 3, most);
    return events.empty() ? "" : events.back();
  };
  EXPECT_EQ(only("\xc1\x01x"), "violation: a frame with an extension that was not agreed on");
  EXPECT_EQ(only("\x81\x81xxxxx"), "violation: a masked frame");
  EXPECT_EQ(only("\x83\x01x"), "violation: a frame of an unknown kind");
  EXPECT_EQ(only(std::string("\x80\x01x")),
            "violation: the end of a message without its beginning");
  EXPECT_EQ(only("\x01\x01x\x81\x01y"), "violation: a message in the middle of another");
  EXPECT_EQ(only("\x09\x01x"), "violation: a control frame in pieces");
  EXPECT_EQ(only("\x89\x7e"), "violation: a control frame that is too long");
  EXPECT_EQ(only(server_frame(0x81, std::string(11, 'x')), 10),
            "violation: a message that is larger than allowed");
  EXPECT_EQ(only(server_frame(0x01, "123456") + server_frame(0x80, "12345"), 10),
            "violation: a message that is larger than allowed");
  EXPECT_EQ(only("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"),
            "violation: a message that is larger than allowed");
}

TEST(websocket_frames, random_bytes_end_in_a_violation_or_wait_for_more) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (!bytes.empty() && seed % 2 == 0) bytes[0] = static_cast<char>(0x81);
    const auto events = events_of(bytes, random() % 20 + 1, 1000);
    EXPECT_LE(events.size(), bytes.size());
  }
}

TEST(websocket_frames, a_client_masks_what_it_says) {
  for (const std::size_t size : {0U, 5U, 125U, 126U, 65535U, 65536U}) {
    const std::string payload(size, 'p');
    std::string bytes;
    append_client_frame(bytes, Opcode::text, payload, {1, 2, 3, 4});
    const std::size_t head = size < 126 ? 2 : size < 65536 ? 4 : 10;
    ASSERT_EQ(bytes.size(), head + 4 + size);
    EXPECT_EQ(static_cast<unsigned char>(bytes[0]), 0x81U);
    EXPECT_NE(static_cast<unsigned char>(bytes[1]) & 0x80U, 0U);
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(bytes[head + 4 + i], static_cast<char>('p' ^ static_cast<char>(i % 4 + 1)));
    }
  }
}

TEST(websocket_frames, a_close_says_why_in_printable_letters) {
  EXPECT_EQ(close_text("\x03\xe9going\x01"
                       "away"),
            "1001 going?away");
  EXPECT_EQ(close_text(""), "without a reason");
}

TEST(upgrade, the_answer_must_prove_that_it_belongs_to_our_key) {
  // The example of RFC 6455.
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  const std::string good =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, "
      "Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  EXPECT_TRUE(read_upgrade_answer(good, key).is_accepted);
  EXPECT_EQ(read_upgrade_answer(good, "other").problem, "does not speak WebSocket there");
  EXPECT_EQ(read_upgrade_answer("SSH-2.0-x", key).problem, "does not speak HTTP there");
  EXPECT_EQ(
      read_upgrade_answer(good + "\r\nSec-WebSocket-Extensions: permessage-deflate", key).problem,
      "uses a WebSocket extension that was not asked for");
  const auto busy = read_upgrade_answer("HTTP/1.1 429 Slow\r\nretry-after: 7", key);
  EXPECT_EQ(busy.problem, "answered 429 instead of a stream");
  EXPECT_EQ(busy.retry_after, std::chrono::seconds{7});
}

TEST(stream_url, is_taken_apart) {
  const auto url = parse_stream_url("wss://stream.binance.com:9443/stream?streams=a@trade");
  ASSERT_TRUE(url.ok());
  EXPECT_TRUE(url->is_encrypted);
  EXPECT_EQ(url->host, "stream.binance.com");
  EXPECT_EQ(url->port, "9443");
  EXPECT_EQ(url->target, "/stream?streams=a@trade");
  EXPECT_EQ(url->host_header(), "stream.binance.com:9443");
  EXPECT_EQ(parse_stream_url("ws://[::1]:80")->host_header(), "[::1]");
  EXPECT_EQ(parse_stream_url("wss://host?x")->target, "/?x");
  for (const char* text :
       {"", "http://x", "wss://", "wss://user:secret@host/", "wss://host:x", "wss://host:99999",
        "wss://ho st/", "wss://[::1/", "wss://host/\r\nX: y", "ws://host", "ws://127.0.0.1.host"}) {
    const auto refused = parse_stream_url(text);
    ASSERT_FALSE(refused.ok()) << text;
    EXPECT_EQ(refused.error().field, "feed.url");
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  }
}

TEST(stream_url, a_history_is_encrypted_or_on_this_machine) {
  for (const char* url : {"https://api.upbit.com", "https://host:8443/", "http://127.0.0.1:80"}) {
    EXPECT_TRUE(check_history_url(url).ok()) << url;
  }
  for (const char* url :
       {"", "host", "http://host", "wss://host", "https://", "https://me:secret@host"}) {
    const auto refused = check_history_url(url);
    ASSERT_FALSE(refused.ok()) << url;
    EXPECT_EQ(refused.error().field, "feed.history_url");
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace hts::feed
