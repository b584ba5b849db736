#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// An exchange on a free port of the loopback, by another WebSocket implementation than ours. What
/// it does with each connection is the test's.
namespace hts::testing {

/// An HTTP answer with a body.
[[nodiscard]] inline std::string http_answer(const std::string& status, const std::string& body,
                                             const std::string& header = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         header + "Connection: close\r\n\r\n" + body;
}

/// The server's side of one connection, in the thread that serves it. After the other side has gone
/// everything does nothing, and reads are empty.
class Peer {
 public:
  virtual ~Peer() = default;
  /// Path and query of the request.
  [[nodiscard]] virtual std::string target() const = 0;
  /// The next message; empty when the client has gone.
  virtual std::string read() = 0;
  virtual void send(std::string_view text, bool is_binary = false) = 0;
  /// Bytes below WebSocket: what they mean is the test's.
  virtual void send_raw(std::string_view bytes) = 0;
  /// Says goodbye as the protocol wants it.
  virtual void close() = 0;
  /// Returns once the client has gone.
  void wait_until_gone() {
    while (!read().empty()) {
    }
  }
};

struct Certificate {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM
};
/// Made out to `host` (a DNS name, or 127.0.0.1), by itself, or by `issuer`; valid from and until
/// so many days from now.
[[nodiscard]] Certificate make_certificate(const std::string& host, int from_day, int until_day,
                                           const Certificate* issuer = nullptr);

class LoopbackExchange {
 public:
  using Script = std::function<void(Peer&)>;

  /// Serves connection i by `scripts[i]`, further ones by the last; when a script returns the
  /// connection is dropped without a word. With a certificate over TLS.
  explicit LoopbackExchange(std::vector<Script> scripts, const Certificate* certificate = nullptr);
  ~LoopbackExchange();
  LoopbackExchange(const LoopbackExchange&) = delete;
  LoopbackExchange& operator=(const LoopbackExchange&) = delete;

  /// `ws://127.0.0.1:PORT` or `wss://...`.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string url_of(const std::string& host) const;
  /// The next requests are answered so, instead of an upgrade.
  void answer_requests_with(std::vector<std::string> answers);
  [[nodiscard]] std::size_t connections() const;
  /// Paths and queries of those that were answered so.
  [[nodiscard]] std::vector<std::string> requests() const;

 private:
  struct Listener;
  void serve();

  std::vector<Script> scripts_;
  std::unique_ptr<Listener> listener_;
  mutable std::mutex mutex_;
  std::vector<std::string> answers_;
  std::vector<std::string> requests_;
  std::size_t connections_ = 0;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace hts::testing
