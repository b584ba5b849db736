#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "adapters/http/problem.hpp"

/// WebSocket (RFC 6455) as a server speaks it that only tells, without extensions, apart from
/// sockets. adapters/feed has the client's side.
namespace hts::http {

/// The answer that a WebSocket begins with, without its stream, or why it cannot: 400 for a
/// handshake that is none, 426 for another version, 403 for a page of another site (browsers let
/// any page open one, and send no request that the router would refuse).
struct Handshake {
  std::optional<Response> accepted;
  Problem refused;
};
[[nodiscard]] Handshake shake_hands(const HttpRequest& request);

/// Appends one whole text message.
void append_text_frame(std::string& out, std::string_view text);
void append_ping_frame(std::string& out);
/// `reason`: at most 120 bytes.
void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason);

/// Takes a client's bytes: pings are answered, a close is answered and ends it, messages are passed
/// over (there is nothing to say to a server that tells). What breaks the rules, and messages above
/// 64 KiB, ends it with the code that says so. Memory: a frame's head and a control frame. One
/// thread.
class ClientFrames {
 public:
  /// Appends what is to be answered. False: the last words are in `out`.
  [[nodiscard]] bool take(std::string_view bytes, std::string& out);

 private:
  [[nodiscard]] bool read_head(std::string& out);
  [[nodiscard]] bool end_frame(std::string& out);
  [[nodiscard]] bool fail(std::string& out, std::uint16_t code, std::string_view reason);

  std::string head_;           ///< of the frame that is coming
  bool has_head_ = false;      ///< it is whole
  std::uint64_t left_ = 0;     ///< bytes of its payload that are to come
  std::uint64_t place_ = 0;    ///< in the payload
  std::uint64_t message_ = 0;  ///< bytes of the message so far
  bool is_in_message_ = false;
  std::string control_;  ///< payload of a control frame, unmasked
};

}  // namespace hts::http
