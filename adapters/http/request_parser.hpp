#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "adapters/http/http_message.hpp"

namespace hts::http {

struct ParserLimits {
  std::size_t header_bytes = 16'384;  ///< request line and fields together
  std::size_t header_fields = 100;
  std::size_t body_bytes = 1'048'576;
};

/// Reads HTTP/1.x requests from bytes as they arrive, one after another, without a socket.
///
/// 1. Memory is bounded by the limits and reused from one request to the next.
/// 2. Framing that two readers could understand differently (length and chunks together, an unknown
///    transfer coding, a 1.1 request without exactly one Host) is refused, never guessed.
///
/// One thread at a time.
class RequestParser {
 public:
  enum class State {
    need_more,  ///< feed the bytes that were not consumed again, with more behind them
    complete,   ///< `request()` is whole
    failed,     ///< answer `failure_status()` and close
  };

  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Consumes bytes up to the end of one request. `consumed` is set to how many.
  [[nodiscard]] State feed(std::string_view input, std::size_t& consumed);
  /// Makes ready for the next request. Invalidates the views of the last.
  void reset();

  /// A byte of the current request has been seen.
  [[nodiscard]] bool started() const noexcept;
  /// The fields are read, the body is not, and the client waits for `100 Continue` to send it.
  [[nodiscard]] bool awaits_continue() const noexcept;
  /// The client keeps the connection for further requests.
  [[nodiscard]] bool keep_alive() const noexcept;
  /// HTTP/1.0, where a kept connection must be confirmed.
  [[nodiscard]] bool is_http10() const noexcept;

  /// Complete in state `complete`; before, whatever is known (empty views otherwise).
  [[nodiscard]] HttpRequest& request() noexcept;
  [[nodiscard]] const HttpRequest& request() const noexcept;

  [[nodiscard]] int failure_status() const noexcept;
  [[nodiscard]] std::string_view failure_detail() const noexcept;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace hts::http
