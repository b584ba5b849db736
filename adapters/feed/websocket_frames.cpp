#include "adapters/feed/websocket_frames.hpp"

#include <algorithm>
#include <cstring>

namespace hts::feed {
namespace {

std::uint64_t big_endian(const char* at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<unsigned char>(at[i]);
  return value;
}

}  // namespace

void append_client_frame(std::string& bytes, Opcode opcode, std::string_view payload,
                         std::array<std::uint8_t, 4> mask) {
  constexpr std::size_t short_length = 125;
  const auto append_length = [&](std::size_t count) {
    for (std::size_t i = count; i > 0; --i) {
      bytes.push_back(static_cast<char>(payload.size() >> (8 * (i - 1))));
    }
  };
  bytes.push_back(static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
  if (payload.size() <= short_length) {
    bytes.push_back(static_cast<char>(0x80U | payload.size()));
  } else if (payload.size() <= 0xffff) {
    bytes.push_back(static_cast<char>(0x80U | 126U));
    append_length(2);
  } else {
    bytes.push_back(static_cast<char>(0x80U | 127U));
    append_length(8);
  }
  for (const std::uint8_t byte : mask) bytes.push_back(static_cast<char>(byte));
  for (std::size_t i = 0; i < payload.size(); ++i) {
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]));
  }
}

std::span<char> FrameDecoder::room(std::size_t least) {
  if (begin_ == end_) {
    begin_ = 0;
    end_ = 0;
  }
  if (buffer_.size() - end_ < least && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < least) buffer_.resize(std::max(end_ + least, 2 * buffer_.size()));
  return {buffer_.data() + end_, buffer_.size() - end_};
}

FrameDecoder::Event FrameDecoder::next(std::string_view& payload) {
  if (is_given_) {
    parts_.clear();
    is_given_ = false;
  }
  for (;;) {
    const char* const at = buffer_.data() + begin_;
    const std::size_t held = end_ - begin_;
    if (held < 2) return Event::incomplete;
    const auto first = static_cast<unsigned char>(at[0]);
    const auto second = static_cast<unsigned char>(at[1]);
    const bool is_last = (first & 0x80U) != 0;
    const auto opcode = static_cast<Opcode>(first & 0x0fU);
    const bool is_control = opcode >= Opcode::close;
    if ((first & 0x70U) != 0) return fail("a frame with an extension that was not agreed on");
    if ((second & 0x80U) != 0) return fail("a masked frame");
    std::size_t head = 2;
    std::uint64_t length = second & 0x7fU;
    if (length >= 126) {
      const std::size_t bytes = length == 126 ? 2 : 8;
      if (is_control) return fail("a control frame that is too long");
      if (held < head + bytes) return Event::incomplete;
      length = big_endian(at + head, bytes);
      head += bytes;
    }
    if (length > most_bytes_ || parts_.size() + length > most_bytes_) {
      return fail("a message that is larger than allowed");
    }
    if (is_control && !is_last) return fail("a control frame in pieces");
    const auto size = static_cast<std::size_t>(length);
    if (held < head + size) return Event::incomplete;
    const std::string_view content(at + head, size);
    begin_ += head + size;
    switch (opcode) {
      case Opcode::close:
        payload = content;
        return Event::close;
      case Opcode::ping:
        payload = content;
        return Event::ping;
      case Opcode::pong:
        payload = content;
        return Event::pong;
      case Opcode::text:
      case Opcode::binary:
        if (is_in_parts_) return fail("a message in the middle of another");
        if (is_last) {
          payload = content;
          return Event::message;
        }
        is_in_parts_ = true;
        parts_ = content;
        break;
      case Opcode::continuation:
        if (!is_in_parts_) return fail("the end of a message without its beginning");
        parts_ += content;
        if (is_last) {
          is_in_parts_ = false;
          is_given_ = true;
          payload = parts_;
          return Event::message;
        }
        break;
      default:
        return fail("a frame of an unknown kind");
    }
  }
}

std::string close_text(std::string_view payload) {
  if (payload.size() < 2) return "without a reason";
  std::string text = std::to_string(big_endian(payload.data(), 2));
  if (payload.size() > 2) text += ' ';
  for (const char c : payload.substr(2, 100)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte >= 0x20 && byte < 0x7f ? c : '?';
  }
  return text;
}

}  // namespace hts::feed
