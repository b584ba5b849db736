#include "adapters/http/websocket/websocket_frames.hpp"

#include <algorithm>

#include "adapters/feed/upgrade.hpp"

namespace hts::http {
namespace {

constexpr std::uint8_t text_opcode = 1;
constexpr std::uint8_t close_opcode = 8;
constexpr std::uint8_t ping_opcode = 9;
constexpr std::uint8_t pong_opcode = 10;
constexpr std::uint64_t longest_control = 125;
constexpr std::uint64_t largest_message = 65'536;
constexpr std::size_t mask_bytes = 4;

std::uint8_t byte_of(char character) noexcept {
  return static_cast<std::uint8_t>(character);
}

void append_frame(std::string& out, std::uint8_t opcode, std::string_view payload) {
  const auto append_length = [&](int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out += static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xffU);
    }
  };
  out += static_cast<char>(0x80U | opcode);
  if (payload.size() <= longest_control) {
    append_length(1);
  } else if (payload.size() <= 0xffff) {
    out += static_cast<char>(126);
    append_length(2);
  } else {
    out += static_cast<char>(127);
    append_length(8);
  }
  out += payload;
}

/// RFC 6455, 7.4: what may stand in a close frame.
bool is_close_code(unsigned code) noexcept {
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
         (code >= 3000 && code < 5000);
}

Problem refusal(int status, const char* kind, std::string detail) {
  Problem problem;
  problem.status = status;
  problem.kind = kind;
  problem.detail = std::move(detail);
  return problem;
}

}  // namespace

Handshake shake_hands(const HttpRequest& request) {
  const std::string_view key = request.header("Sec-WebSocket-Key");
  if (request.method != Method::get || !feed::has_token(request.header("Upgrade"), "websocket") ||
      !feed::has_token(request.header("Connection"), "upgrade") || key.empty()) {
    return {std::nullopt,
            refusal(400, "no-websocket",
                    "This address is a WebSocket: connect with ws://, not with http://.")};
  }
  if (is_of_another_site(request)) {
    return {std::nullopt,
            refusal(403, "foreign-origin",
                    "A page of another site asked for this; open the daemon's own address "
                    "instead.")};
  }
  if (request.header("Sec-WebSocket-Version") != "13") {
    return {std::nullopt,
            refusal(426, "websocket-version", "Only version 13 of WebSocket is spoken here.")};
  }
  Response response;
  response.status = 101;
  response.headers = {{"Upgrade", "websocket"},
                      {"Connection", "Upgrade"},
                      {"Sec-WebSocket-Accept", feed::upgrade_accept(key)}};
  return {std::move(response), {}};
}

void append_text_frame(std::string& out, std::string_view text) {
  append_frame(out, text_opcode, text);
}

void append_ping_frame(std::string& out) {
  append_frame(out, ping_opcode, {});
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
  payload += reason.substr(0, longest_control - payload.size());
  append_frame(out, close_opcode, payload);
}

bool ClientFrames::fail(std::string& out, std::uint16_t code, std::string_view reason) {
  append_close_frame(out, code, reason);
  return false;
}

bool ClientFrames::take(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    if (!has_head_) {
      head_ += bytes.front();
      bytes.remove_prefix(1);
      if (!read_head(out)) return false;
    } else {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      if ((byte_of(head_.front()) & 0x08U) != 0) {
        const std::string_view mask = std::string_view{head_}.substr(head_.size() - mask_bytes);
        for (const char masked : bytes.substr(0, count)) {
          control_ += static_cast<char>(byte_of(masked) ^ byte_of(mask[place_++ % mask_bytes]));
        }
      }
      bytes.remove_prefix(count);
      left_ -= count;
    }
    if (has_head_ && left_ == 0 && !end_frame(out)) return false;
  }
  return true;
}

// After each byte of a head; a head that cannot be is refused as soon as it shows.
bool ClientFrames::read_head(std::string& out) {
  if (head_.size() < 2) return true;
  const unsigned first = byte_of(head_[0]);
  const unsigned second = byte_of(head_[1]);
  const unsigned opcode = first & 0x0fU;
  const bool is_control = (opcode & 0x08U) != 0;
  const unsigned short_length = second & 0x7fU;
  if (head_.size() == 2) {
    const bool is_last = (first & 0x80U) != 0;
    const bool is_known = opcode <= 2 || (opcode >= close_opcode && opcode <= pong_opcode);
    const bool goes_on = opcode == 0;
    if ((first & 0x70U) != 0 || !is_known || (second & 0x80U) == 0 ||
        (is_control && (!is_last || short_length > longest_control)) ||
        (!is_control && goes_on != is_in_message_)) {
      return fail(out, 1002, "This is no frame of a client.");
    }
  }
  const std::size_t length_bytes = short_length == 126 ? 2 : (short_length == 127 ? 8 : 0);
  if (head_.size() < 2 + length_bytes + mask_bytes) return true;
  left_ = length_bytes == 0 ? short_length : 0;
  for (std::size_t i = 0; i < length_bytes; ++i) left_ = left_ << 8U | byte_of(head_[2 + i]);
  if (!is_control) {
    if (left_ > largest_message || message_ + left_ > largest_message) {
      return fail(out, 1009, "Messages may have 64 KiB.");
    }
    message_ += left_;
  }
  has_head_ = true;
  place_ = 0;
  control_.clear();
  return true;
}

bool ClientFrames::end_frame(std::string& out) {
  const unsigned first = byte_of(head_[0]);
  const unsigned opcode = first & 0x0fU;
  head_.clear();
  has_head_ = false;
  if (opcode == close_opcode) {
    // The client's own code goes back.
    const std::string_view code = std::string_view{control_}.substr(0, 2);
    const bool is_sound =
        code.empty() ||
        (code.size() == 2 && is_close_code(byte_of(code[0]) * 256U + byte_of(code[1])));
    if (!is_sound) return fail(out, 1002, "This is no code to close with.");
    append_frame(out, close_opcode, code);
    return false;
  }
  if (opcode == ping_opcode) append_frame(out, pong_opcode, control_);
  if (opcode <= 2) {
    is_in_message_ = (first & 0x80U) == 0;
    if (!is_in_message_) message_ = 0;
  }
  return true;
}

}  // namespace hts::http
