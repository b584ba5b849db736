#include "adapters/http/websocket/websocket_frames.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "adapters/feed/websocket_frames.hpp"

namespace hts::http {
namespace {

using feed::FrameDecoder;
using feed::Opcode;

std::string client_frame(Opcode opcode, std::string_view payload) {
  std::string bytes;
  feed::append_client_frame(bytes, opcode, payload, {9, 8, 7, 6});
  return bytes;
}

/// What a client understands.
FrameDecoder::Event decoded(std::string_view bytes, std::string& payload) {
  FrameDecoder decoder{1'000'000};
  const auto room = decoder.room(bytes.size());
  bytes.copy(room.data(), bytes.size());
  decoder.received(bytes.size());
  std::string_view view;
  const auto event = decoder.next(view);
  payload = view;
  return event;
}

TEST(WebSocketFrames, texts_of_all_lengths_are_what_a_client_reads) {
  for (const std::size_t length : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 200'000U}) {
    const std::string text(length, 'x');
    std::string bytes;
    append_text_frame(bytes, text);
    std::string payload;
    ASSERT_EQ(decoded(bytes, payload), FrameDecoder::Event::message) << length;
    EXPECT_EQ(payload, text);
  }
}

TEST(WebSocketFrames, pings_are_answered_however_the_bytes_are_cut) {
  const std::string bytes = client_frame(Opcode::text, std::string(300, 'a')) +
                            client_frame(Opcode::ping, "hello") + client_frame(Opcode::pong, "p") +
                            client_frame(Opcode::binary, std::string(65'536, 'b')) +
                            client_frame(Opcode::ping, "");
  std::mt19937 random{7};
  for (int round = 0; round < 50; ++round) {
    ClientFrames frames;
    std::string out;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::size_t count = std::min<std::size_t>(rest.size(), 1 + random() % 900);
      ASSERT_TRUE(frames.take(rest.substr(0, count), out));
      rest.remove_prefix(count);
    }
    EXPECT_EQ(out, std::string("\x8a\x05hello\x8a\x00", 9));
  }
}

TEST(WebSocketFrames, a_close_is_answered_with_its_code_and_is_the_end) {
  ClientFrames frames;
  std::string out;
  EXPECT_FALSE(frames.take(client_frame(Opcode::close,
                                        "\x03\xe9"
                                        "bye"),
                           out));
  EXPECT_EQ(out, "\x88\x02\x03\xe9");
}

TEST(WebSocketFrames, a_close_with_half_a_code_or_none_that_there_is_breaks_the_rules) {
  for (const std::string& code :
       {std::string("\x03"), std::string("\x03\xed"), std::string(2, 0), std::string("\x13\x88")}) {
    ClientFrames frames;
    std::string out;
    EXPECT_FALSE(frames.take(client_frame(Opcode::close, code), out));
    EXPECT_EQ(out.substr(2, 2), "\x03\xea") << code.size();
  }
}

TEST(WebSocketFrames, what_breaks_the_rules_ends_it_with_the_code_that_says_so) {
  const auto ends = [](std::string_view bytes, std::string_view code) {
    ClientFrames frames;
    std::string out;
    return !frames.take(bytes, out) && out.substr(2, 2) == code;
  };
  const std::string protocol = "\x03\xea";
  EXPECT_TRUE(ends("\x81\x01x", protocol));  // not masked
  EXPECT_TRUE(ends("\xc1\x81", protocol));   // an extension
  EXPECT_TRUE(ends("\x83\x81", protocol));   // no such opcode
  EXPECT_TRUE(ends("\x80\x81", protocol));   // goes on with nothing
  EXPECT_TRUE(ends("\x09\x81", protocol));   // a ping in parts
  EXPECT_TRUE(ends("\x89\xfe", protocol));   // a long ping
  const std::string parts = std::string("\x01\x80\0\0\0\0", 6) + "\x81\x81";
  EXPECT_TRUE(ends(parts, protocol));  // a message in a message
  EXPECT_TRUE(ends(client_frame(Opcode::text, std::string(65'537, 'a')), "\x03\xf1"));
  EXPECT_TRUE(
      ends(std::string("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10) + "mask", "\x03\xf1"));
}

TEST(WebSocketFrames, bytes_of_any_kind_never_make_it_say_more_than_they_are) {
  std::mt19937 random{42};
  for (int round = 0; round < 2'000; ++round) {
    ClientFrames frames;
    std::string bytes;
    for (int i = 0; i < 200; ++i) bytes += static_cast<char>(random());
    std::string out;
    (void)frames.take(bytes, out);
    EXPECT_LE(out.size(), 400U);
  }
}

}  // namespace
}  // namespace hts::http
