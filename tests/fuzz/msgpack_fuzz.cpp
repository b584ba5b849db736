// MessagePack from a stream of somebody else and from a journal that a disk has damaged.
#include "adapters/journal/format.hpp"
#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/record_codec.hpp"
#include "adapters/redis_streams/market_message.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

namespace {

/// Reads whatever the first byte asks for until the text is over.
void walk(std::string_view bytes) {
  hts::journal::MsgpackReader reader(bytes);
  for (const char c : bytes) {
    if (!reader.ok()) break;
    switch (static_cast<unsigned char>(c) % 7U) {
      case 0:
        (void)reader.take_nil();
        break;
      case 1:
        (void)reader.boolean();
        break;
      case 2:
        (void)reader.unsigned_integer();
        break;
      case 3:
        (void)reader.integer();
        break;
      case 4:
        (void)reader.real();
        break;
      case 5:
        require(reader.text().size() <= bytes.size());
        break;
      default:
        (void)reader.array();
        break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  hts::feed::Frame frame;
  (void)hts::redis_streams::parse_message(text, frame);
  walk(text);
  hts::journal::Input input;
  (void)hts::journal::decode_input(text, input);
  (void)hts::journal::decode_command(text);
  (void)hts::journal::decode_segment_header(text);
  (void)hts::journal::decode_gap(text);
  return 0;
}
