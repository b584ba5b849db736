// A server's WebSocket bytes: whatever comes in whatever pieces ends in messages of bounded size or
// in a violation, and the pieces do not change which.
#include <algorithm>
#include <vector>

#include "adapters/feed/upgrade.hpp"
#include "adapters/feed/websocket_frames.hpp"
#include "fuzz_input.hpp"

using hts::feed::FrameDecoder;
using hts::fuzz::require;

namespace {

constexpr std::size_t most_bytes = 4096;

struct Told {
  FrameDecoder::Event event;
  std::string payload;
  friend bool operator==(const Told&, const Told&) = default;
};

std::vector<Told> decode(std::string_view bytes, std::size_t piece) {
  FrameDecoder decoder(most_bytes);
  std::vector<Told> told;
  while (true) {
    std::string_view payload;
    const auto event = decoder.next(payload);
    if (event == FrameDecoder::Event::violation) {
      require(!decoder.problem().empty());
      told.push_back({event, {}});
      return told;
    }
    if (event != FrameDecoder::Event::incomplete) {
      require(payload.size() <= most_bytes);
      if (event == FrameDecoder::Event::close) (void)hts::feed::close_text(payload);
      told.push_back({event, std::string(payload)});
      continue;
    }
    if (bytes.empty()) return told;
    const auto room = decoder.room(1);
    const std::size_t count = std::min({room.size(), bytes.size(), piece});
    std::copy_n(bytes.begin(), count, room.begin());
    decoder.received(count);
    bytes.remove_prefix(count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  require(decode(text, 1) == decode(text, size + 1));
  (void)hts::feed::read_upgrade_answer(text, "dGhlIHNhbXBsZSBub25jZQ==");
  return 0;
}
