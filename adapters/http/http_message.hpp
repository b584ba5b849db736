#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One HTTP request as the server read it, and one answer as a handler gives it.
namespace hts::http {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, other };

/// "GET", "DELETE", ...; "OTHER" for what the server has no word for.
[[nodiscard]] std::string_view to_text(Method method) noexcept;
/// "Not Found" for 404; "Unknown" for a status without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

/// A whole request. All views point into the connection's memory and stay valid, on any thread,
/// until the request's Responder has answered (or was destroyed).
struct HttpRequest {
  Method method = Method::get;
  std::string_view path;   ///< of the target, still percent-encoded, always starting with '/'
  std::string_view query;  ///< after '?', still encoded, or empty
  std::span<const HeaderField> headers;
  std::string_view body;
  std::string_view request_id;
  std::uint64_t trace = 0;  ///< runtime::trace_of the request id

  /// Value of the first field of that name (any case), or empty. O(fields).
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// An answer's content that comes piece by piece, for as long as the client stays. A connection
/// drives it, one call at a time.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  /// Appends what there is to send now, a bounded amount; nothing when the client is up to date.
  /// False: this was the last.
  [[nodiscard]] virtual bool read(std::string& out) = 0;
  /// Appends what tells a client that the connection lives; called when nothing was sent for long.
  virtual void beat(std::string& out) = 0;
  /// Appends the last words of a server that stops.
  virtual void end(std::string& out) = 0;
  /// Called once, before the first read. `ready` is called, on any thread, when there may be
  /// something to read after a read that gave nothing; it does not block.
  virtual void listen(std::function<void()> ready) = 0;
  /// Whether the client goes on speaking, as after an answer 101; the same at all times. Else
  /// whatever it sends is left unread.
  [[nodiscard]] virtual bool is_two_way() const noexcept { return false; }
  /// Of a stream that goes two ways: what the client sent; `out` gets what there is to say to it.
  /// False: those were the last words.
  [[nodiscard]] virtual bool take(std::string_view bytes, std::string& out) {
    (void)bytes;
    (void)out;
    return true;
  }
};

/// An answer. The server adds length, date, connection and request id; HEAD drops the body.
struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  ///< must outlive the answer: a literal
  std::string body;
  /// Takes the place of `body` when set: text that was built once for many answers.
  std::shared_ptr<const std::string> shared_body;
  /// Takes the place of both when set. The answer ends with the connection.
  std::shared_ptr<ResponseStream> stream;
  /// How long the stream will be, when that is known: then the answer has a length.
  std::optional<std::uint64_t> stream_bytes;
  /// Further fields. One that holds a control character is left out.
  std::vector<std::pair<std::string_view, std::string>> headers;

  [[nodiscard]] const std::string& content() const noexcept {
    return shared_body ? *shared_body : body;
  }
};

[[nodiscard]] Response json_response(int status, std::string body);

/// A page of another site asks through its visitor's browser. Programs send no Origin.
[[nodiscard]] bool is_of_another_site(const HttpRequest& request) noexcept;

/// ASCII comparison that ignores case, as field names and media types want it.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

}  // namespace hts::http
