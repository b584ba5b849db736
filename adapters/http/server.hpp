#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/http/responder.hpp"
#include "engine/result/result.hpp"

namespace boost::asio {
class io_context;
}

namespace hts::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8000;  ///< 0: any free port, told by `Server::port()`
  std::size_t max_connections = 1024;
  ParserLimits limits;
  /// A kept connection without a request is closed after this.
  std::chrono::milliseconds idle_timeout{60'000};
  /// From a request's first byte to its last; then 408.
  std::chrono::milliseconds request_timeout{15'000};
  /// Without the client taking a byte of the answer.
  std::chrono::milliseconds write_timeout{30'000};
  /// A stream without anything to send tells its client that it lives.
  std::chrono::milliseconds stream_beat{15'000};
  /// How long bytes that nobody wants are read after a last answer, so that the client gets it.
  std::chrono::milliseconds linger_timeout{2'000};
};

/// One answered request, for logs and metrics. Holds no query string: it may carry secrets.
struct AccessRecord {
  Method method = Method::other;
  std::string_view route;  ///< template; "unmatched" without one, "unreadable" for broken HTTP
  int status = 0;
  double seconds = 0;  ///< from the last byte of the request to its answer
  std::string_view request_id;
  std::uint64_t trace = 0;  ///< what every log line that the request causes carries
};

/// Gets every whole request on one of the io_context's threads. Must not block; may answer later.
/// An exception out of it answers 500.
using RequestHandler = std::function<void(const HttpRequest& request, Responder responder)>;
/// Called for each answer, on any thread, concurrently. Views are valid during the call.
using AccessHook = std::function<void(const AccessRecord& record)>;

/// An HTTP/1.1 server: keep-alive, pipelining, HEAD, 100-continue, request ids. Its handler runs
/// with the trace of the request id as the present one.
///
/// 1. A connection answers its requests one at a time and in order; memory a connection is bounded
///    by the limits and the answer being written.
/// 2. No input closes more than its own connection.
/// 3. Destroy it once `drain` is done or nobody runs the io_context any more: until then its
///    handler may be called. The io_context outlives the server and every Responder.
///
/// Thread-safe.
class Server {
 public:
  /// Listens; connections are served while somebody runs `io`. Errors: code invalid for an address
  /// that is none (field `http.address`), conflict for a port that is taken or not allowed (field
  /// `http.port`).
  [[nodiscard]] static result::Result<std::unique_ptr<Server>> listen(boost::asio::io_context& io,
                                                                      const ServerOptions& options,
                                                                      RequestHandler handler,
                                                                      AccessHook hook = {});
  /// Closes everything at once.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] std::size_t open_connections() const;
  /// Handlers that threw since the start; each is a defect.
  [[nodiscard]] std::uint64_t handler_exceptions() const noexcept;

  /// No new connections from now on: the port is closed. Idempotent.
  void stop_accepting();

  /// Stops accepting, closes idle connections at once, lets requests under way have their answers
  /// (with `Connection: close`), and calls `done` on an io thread when the last connection has
  /// closed. At the deadline, requests that still wait for their handlers are answered 503 and
  /// everything is closed; `cut` is how many connections that were. Call it once.
  void drain(std::chrono::milliseconds deadline, std::function<void(std::size_t cut)> done);

 private:
  class Implementation;
  explicit Server(std::shared_ptr<Implementation> implementation);
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace hts::http
