#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>

#include "adapters/http/request_parser.hpp"
#include "adapters/http/responder.hpp"
#include "adapters/http/server.hpp"

/// Inside of the server; included by its own .cpp files only.
namespace hts::http {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
using SteadyClock = std::chrono::steady_clock;
using Timer =
    boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Strand>;

class Connection;

/// The open connections of one server. Thread-safe.
class ConnectionRegistry {
 public:
  void add(const std::shared_ptr<Connection>& connection);
  /// The last one out calls what `notify_when_empty` left.
  void remove(const Connection* connection);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> all() const;
  /// Calls `empty` once, at once when there is no connection.
  void notify_when_empty(std::function<void()> empty);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<const Connection*, std::weak_ptr<Connection>> connections_;
  std::function<void()> empty_;
};

/// What all connections of a server share.
struct ServerContext {
  ServerOptions options;
  RequestHandler handler;
  AccessHook hook;
  std::string id_prefix;  ///< differs from process to process
  std::atomic<std::uint64_t> next_id{1};
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> handler_exceptions{0};
  ConnectionRegistry registry;
};

/// One client. Everything but `respond` runs on the socket's strand.
///
/// It is always in one phase: waiting for a request, receiving one, waiting for its handler,
/// writing, streaming, or lingering. Each phase but the handler's has a deadline. While it writes
/// it does not read, so a client that takes no answers is not given more; nor is a stream read.
///
/// A stream that goes two ways (a WebSocket) is read while it waits for something to write.
///
/// While it waits for a handler that wants to know (`when_gone`) or for a stream, it notices that
/// the client has closed its side, which counts as leaving. It does not notice a client that sent
/// more bytes behind the request first, nor one whose host vanished without a word.
class Connection final : public ResponseSink, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::shared_ptr<ServerContext> context);
  ~Connection() override = default;

  void start();
  /// Tells the client that there are too many connections, and closes.
  void refuse();
  /// Closes when idle; otherwise the answer under way is the last. From any thread.
  void begin_drain();
  /// Time is up: a request that waits for its handler is answered 503, then it closes. From any
  /// thread.
  void cut_off();
  /// From any thread.
  void close_soon();

  [[nodiscard]] const HttpRequest& request() const noexcept override { return parser_.request(); }
  void respond(Response response, std::string_view route) noexcept override;
  void when_gone(std::function<void()> gone) override;

 private:
  enum class Phase { idle, receiving, handling, writing, streaming, lingering, closed };

  void pump();
  void read();
  void on_read(std::size_t bytes);
  [[nodiscard]] bool parse_next();
  void hand_over();
  void answer_unreadable(int status, std::string_view detail);
  void answer(Response response, std::string_view route);
  [[nodiscard]] bool write_output();
  void write_rest();
  void finish();
  void linger();
  void close();
  void choose_request_id();
  void read_stream();
  [[nodiscard]] bool hear_client();
  void take_from_client(std::string_view bytes);
  void watch_client();
  void tell_gone();
  void on_timeout();
  void set_deadline(std::chrono::milliseconds from_now);
  void arm_timer(SteadyClock::time_point expiry);
  [[nodiscard]] bool has_output() const noexcept { return !output_.empty() || large_body_; }
  [[nodiscard]] std::array<boost::asio::const_buffer, 2> unwritten() const noexcept;

  Socket socket_;
  Timer timer_;
  std::shared_ptr<ServerContext> context_;
  RequestParser parser_;
  Phase phase_ = Phase::idle;

  std::vector<char> input_;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;

  std::string output_;  // heads and small contents of answers not yet being written
  std::shared_ptr<const std::string> large_body_;  // goes out behind `output_`, uncopied
  std::string writing_;
  std::shared_ptr<const std::string> writing_body_;
  std::size_t written_ = 0;

  bool handling_ = false;
  bool in_handler_ = false;
  bool write_pending_ = false;
  bool close_after_write_ = false;
  bool continue_sent_ = false;
  bool linger_first_ = false;
  bool cut_off_ = false;
  bool watching_ = false;
  std::shared_ptr<ResponseStream> stream_;  // of the answer under way
  std::string early_input_;                 // of a two-way stream, before its answer
  std::function<void()> gone_callback_;     // of the request that is handled
  std::atomic<bool> gone_{false};

  std::string request_id_;
  SteadyClock::time_point request_complete_{};
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  SteadyClock::time_point timer_expiry_ = SteadyClock::time_point::max();
  std::size_t lingered_bytes_ = 0;
};

}  // namespace hts::http
