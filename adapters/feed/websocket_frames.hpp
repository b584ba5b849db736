#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// WebSocket (RFC 6455) as a client speaks it, without extensions, apart from sockets: bytes in,
/// messages out. A read from the socket may hold hundreds of messages, which then become one batch.
namespace hts::feed {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Appends a frame with its mask, as a client must.
void append_client_frame(std::string& bytes, Opcode opcode, std::string_view payload,
                         std::array<std::uint8_t, 4> mask);

/// Takes a server's bytes apart, in pieces of any size. After a violation it is of no more use.
/// Memory: at most the largest message twice, and one read. One thread.
class FrameDecoder {
 public:
  enum class Event : std::uint8_t {
    incomplete,  ///< more bytes are needed
    message,     ///< text or binary, whole
    ping,
    pong,
    close,
    violation,  ///< this is no WebSocket, or a message is too large; see problem()
  };

  explicit FrameDecoder(std::size_t most_bytes_a_message) : most_bytes_(most_bytes_a_message) {}

  /// Where the next bytes may be written to, at least `least` of them; then `received`. What
  /// `next` gave is gone.
  [[nodiscard]] std::span<char> room(std::size_t least);
  void received(std::size_t bytes) noexcept { end_ += bytes; }

  /// `payload` is of the message, ping, pong or close, until the next call of anything.
  [[nodiscard]] Event next(std::string_view& payload);

  /// The end of a sentence: "the server sent ...".
  [[nodiscard]] std::string_view problem() const noexcept { return problem_; }

 private:
  [[nodiscard]] Event fail(std::string_view problem) noexcept {
    problem_ = problem;
    return Event::violation;
  }

  std::size_t most_bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< of what is not taken yet
  std::size_t end_ = 0;
  std::string parts_;  ///< of a message in several frames
  bool is_in_parts_ = false;
  bool is_given_ = false;  ///< parts_ were given out whole
  std::string_view problem_;
};

/// "1001 going away" of the payload of a close frame.
[[nodiscard]] std::string close_text(std::string_view payload);

}  // namespace hts::feed
