// A client's WebSocket bytes as the daemon takes them: the pieces in which they come change
// nothing, and what is answered is sound WebSocket of bounded size.
#include <algorithm>
#include <string>

#include "adapters/feed/websocket_frames.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/http/websocket/websocket_frames.hpp"
#include "fuzz_input.hpp"

using hts::feed::FrameDecoder;
using hts::fuzz::require;

namespace {

struct Told {
  bool goes_on = true;
  std::string answers;
  friend bool operator==(const Told&, const Told&) = default;
};

Told take(std::string_view bytes, std::size_t piece) {
  hts::http::ClientFrames frames;
  Told told;
  while (told.goes_on && !bytes.empty()) {
    const std::size_t count = std::min(piece, bytes.size());
    told.goes_on = frames.take(bytes.substr(0, count), told.answers);
    bytes.remove_prefix(count);
  }
  return told;
}

bool is_close(std::string_view payload) {
  if (payload.empty()) return true;
  if (payload.size() == 1) return false;
  const unsigned code =
      static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
  return code >= 1000 && code < 5000 && code != 1005 && code != 1006 && code != 1015;
}

/// Only pongs, and a close at the end when it ends.
void check_answers(const Told& told) {
  FrameDecoder decoder(125);
  const auto room = decoder.room(told.answers.size() + 1);
  std::copy(told.answers.begin(), told.answers.end(), room.begin());
  decoder.received(told.answers.size());
  bool is_closed = false;
  while (true) {
    std::string_view payload;
    const auto event = decoder.next(payload);
    if (event == FrameDecoder::Event::incomplete) break;
    require(!is_closed);
    is_closed = event == FrameDecoder::Event::close;
    require(is_closed ? is_close(payload) : event == FrameDecoder::Event::pong);
  }
  require(is_closed != told.goes_on);
}

/// The rest after a handshake, or all of it.
std::string_view after_handshake(std::string_view text) {
  if (!text.starts_with("GET ")) return text;
  hts::http::RequestParser parser({.header_bytes = 1024, .header_fields = 10, .body_bytes = 64});
  std::size_t consumed = 0;
  if (parser.feed(text, consumed) != hts::http::RequestParser::State::complete) return text;
  const auto hands = hts::http::shake_hands(parser.request());
  require(hands.accepted || (hands.refused.status >= 400 && !hands.refused.detail.empty()));
  return text.substr(consumed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = after_handshake(hts::fuzz::text_of(data, size));
  const Told whole = take(text, size + 1);
  require(whole == take(text, 1));
  require(whole.answers.size() <= text.size() + 125);
  check_answers(whole);
  return 0;
}
