#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/time/timestamp.hpp"

namespace hts::bench {

/// Appends a trade as Binance writes it, of the symbol `S<number>_USDT`. The price wanders around
/// 100, the quantity is `quantity`.
void append_trade(std::string& bytes, std::uint64_t symbol, time::Timestamp time,
                  std::uint64_t sequence, std::uint64_t quantity);
/// The same as a WebSocket frame.
void append_trade_frame(std::string& bytes, std::uint64_t symbol, time::Timestamp time,
                        std::uint64_t sequence, std::uint64_t quantity);

/// An exchange on the loopback interface: it takes every WebSocket and answers its pings, and has
/// no past: to any other request it says `[]`. What it sends goes out on the newest WebSocket, from
/// one thread.
class LoopbackExchange {
 public:
  LoopbackExchange();
  ~LoopbackExchange();
  LoopbackExchange(const LoopbackExchange&) = delete;
  LoopbackExchange& operator=(const LoopbackExchange&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Returns once so many WebSockets, counted from the start, have been asked whether they are
  /// subscribed.
  void wait_for_streams(std::size_t count);
  [[nodiscard]] std::size_t streams() const;
  /// All of it; waits while the other side does not read.
  void send(std::string_view bytes);

 private:
  void accept();
  void serve(int socket);
  void serve_stream(int socket, std::string rest);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t streams_ = 0;
  std::atomic<int> newest_{-1};
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

}  // namespace hts::bench
