#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/feed/frame_reader.hpp"
#include "adapters/feed/stream_url.hpp"
#include "adapters/feed/stream_watch.hpp"
#include "adapters/feed/websocket_frames.hpp"
#include "adapters/feed/wire.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::feed {

/// What one connection asks for.
struct StreamPlan {
  StreamUrl url;
  std::vector<std::string> greetings;  ///< text messages to send once it is open
};

/// Time, chance and limits, given so that tests need no patience.
struct StreamConditions {
  std::function<time::Timestamp()> now;              ///< the wall clock
  std::function<std::chrono::nanoseconds()> moment;  ///< a clock that does not go back
  std::function<std::uint64_t()> random;
  StreamPatience patience;
  std::chrono::milliseconds connect{10'000};  ///< name, TCP, TLS, upgrade and subscription together
  std::chrono::milliseconds refused_batch{2};  ///< until a batch that was refused is offered again
  std::size_t most_bytes_a_message = std::size_t{1} << 20U;
  /// Calls what takes a read of few bytes, and lets those whom it told go on; empty: it is called.
  std::function<void(const std::function<void()>& take)> visit = {};
};

/// One WebSocket to an exchange, from its address to its end; it is made anew after each loss. All
/// on its executor, which runs one handler at a time.
class StreamConnection : public std::enable_shared_from_this<StreamConnection> {
 public:
  /// Hears of it. None is called after `close`.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Connected, and the server has read what was asked for.
    virtual void on_live(StreamConnection& connection) = 0;
    /// Silent for too long, or heard again.
    virtual void on_stall(StreamConnection& connection, bool is_stalled) = 0;
    /// Over. `reason` is a sentence.
    virtual void on_lost(StreamConnection& connection, const std::string& reason,
                         std::chrono::seconds retry_after) = 0;
    /// It will end soon: another one should take over.
    virtual void on_replace(StreamConnection& connection) = 0;
    /// What one read brought; false: offer it again, and read no further until then.
    virtual bool on_batch(const std::shared_ptr<const ports::FeedBatch>& batch) = 0;
    /// What was counted since the last time.
    virtual void on_tally(const FrameTally& more) = 0;
  };

  StreamConnection(const boost::asio::any_io_executor& executor, boost::asio::ssl::context* tls,
                   StreamPlan plan, FrameReader reader, std::uint64_t subscription,
                   const StreamConditions& conditions, Owner& owner);

  void start();
  /// Its owner hears nothing more. Trades of a batch that nobody took are lost with it.
  void close() noexcept;
  /// Trades in a batch that waits to be taken.
  [[nodiscard]] std::size_t waiting_trades() const noexcept {
    return held_ ? held_->trades.size() : 0;
  }

 private:
  using Code = boost::system::error_code;

  void greet();
  void read_answer();
  void accept();
  void read();
  void take_bytes();
  /// False when nothing of what follows is looked at any more.
  [[nodiscard]] bool take_event(FrameDecoder::Event event, std::string_view payload,
                                ports::FeedBatch& batch);
  void offer();
  void watch();
  void send(Opcode opcode, std::string_view payload);
  void flush();
  void be_live();
  void lose(const std::string& reason, std::chrono::seconds retry_after = {});
  [[nodiscard]] std::string server() const { return "The feed at " + plan_.url.host_header(); }
  [[nodiscard]] std::function<void(const Code&, std::size_t)> guarded(
      void (StreamConnection::*next)(), const char* doing);

  const StreamPlan plan_;
  const StreamConditions& conditions_;
  const std::uint64_t subscription_;
  Owner& owner_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer timer_;  ///< of the connection's making, then of the watch
  boost::asio::steady_timer retry_;  ///< of a batch that was refused
  std::unique_ptr<Wire> wire_;
  FrameReader reader_;
  FrameDecoder decoder_;
  StreamWatch watch_;
  FrameTally told_;
  std::string key_;
  std::string head_;
  std::string unsent_;
  std::string being_sent_;
  bool is_sending_ = false;
  bool is_live_ = false;
  bool is_over_ = false;
  bool is_replace_told_ = false;
  std::shared_ptr<const ports::FeedBatch> held_;
  std::string ending_;  ///< it is over, for this reason, once what came before it was taken
};

}  // namespace hts::feed
