#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/http/http_message.hpp"
#include "adapters/http/listener_ring.hpp"
#include "adapters/http/responder.hpp"

namespace hts::http {

/// JSON messages for any number of WebSockets.
///
/// 1. `announce` never waits for a client: messages go into one bounded ring, from which each
/// client
///    is served at its own pace. Memory does not grow with clients or their slowness.
/// 2. A client gets all messages of its topic from its beginning on, in order. One for which the
///    ring has gone on is closed (1013, try again later) and counted.
///
/// Thread-safe. Streams may outlive the hub; they end with it.
class MessageHub {
 public:
  struct Options {
    std::size_t kept_messages = 4'096;
    std::size_t most_listeners = 256;
  };
  MessageHub() : MessageHub(Options{}) {}
  explicit MessageHub(const Options& options);
  ~MessageHub();
  MessageHub(const MessageHub&) = delete;
  MessageHub& operator=(const MessageHub&) = delete;

  /// `text`: a JSON object.
  void announce(std::string topic, std::string text);

  /// Answers a handshake (websocket_frames.hpp) with the messages of `topic` (empty: all) from now
  /// on, `greeting` first unless it is empty; or refuses it, 503 when too many listen.
  void serve(Responder responder, std::string topic, std::string greeting = {});

  [[nodiscard]] std::size_t listeners() const { return ring_->listeners(); }
  /// Clients that were closed because they read too slowly.
  [[nodiscard]] std::uint64_t cut_off() const { return cut_off_->load(std::memory_order_relaxed); }

 private:
  struct Message {
    std::string topic;
    std::string text;
  };
  using Ring = ListenerRing<Message>;
  class Stream;

  const std::shared_ptr<Ring> ring_;
  const std::shared_ptr<std::atomic<std::uint64_t>> cut_off_;
};

}  // namespace hts::http
