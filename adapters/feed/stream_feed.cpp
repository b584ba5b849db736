#include "adapters/feed/stream_feed.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/feed/feed_count.hpp"

namespace hts::feed {
namespace {

using ports::FeedState;

/// One subscription, from its start to its end.
class Session final : public StreamConnection::Owner {
 public:
  Session(const StreamExchange& exchange, const StreamFeedOptions& options,
          std::shared_ptr<boost::asio::ssl::context> tls, std::vector<StreamPlan> plans,
          const ports::FeedSubscription& subscription, ports::FeedListener& listener,
          FeedCount& figures)
      : exchange_(exchange),
        options_(options),
        tls_(std::move(tls)),
        subscription_(subscription.number),
        listener_(listener),
        figures_(figures),
        work_(io_.get_executor()) {
    for (const market::Symbol& symbol : subscription.symbols) {
      codes_.push_back(exchange.code(symbol));
    }
    auto wait = std::chrono::milliseconds::zero();
    for (StreamPlan& plan : plans) {
      slots_.push_back(std::make_unique<Slot>(std::move(plan), options.reconnect, io_));
      begin_after(*slots_.back(), wait);
      wait += options.between_connections;
    }
    thread_ = std::thread([this] { serve(); });
  }

  ~Session() override {
    io_.stop();
    thread_.join();
    std::uint64_t dropped = 0;
    for (const auto& slot : slots_) {
      for (const auto& connection : {slot->current, slot->successor}) {
        if (connection == nullptr) continue;
        dropped += connection->waiting_trades();
        connection->close();
      }
    }
    figures_.change([&](ports::FeedFigures& all) { all.dropped += dropped; });
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void on_live(StreamConnection& connection) override {
    Slot& slot = slot_of(connection);
    if (slot.successor.get() == &connection) {
      slot.current->close();
      slot.current = std::move(slot.successor);
    }
    slot.policy.went_live(options_.conditions.moment());
    figures_.change([](ports::FeedFigures& all) { ++all.connects; });
    tell(slot, FeedState::live, {});
  }

  void on_stall(StreamConnection& connection, bool is_stalled) override {
    Slot& slot = slot_of(connection);
    if (slot.current.get() != &connection) return;
    tell(slot, is_stalled ? FeedState::stalled : FeedState::live,
         is_stalled ? "Nothing has come for a while." : "");
  }

  void on_lost(StreamConnection& connection, const std::string& reason,
               std::chrono::seconds retry_after) override {
    Slot& slot = slot_of(connection);
    const auto random = options_.conditions.random();
    const double chance = static_cast<double>(random >> 11U) * 0x1p-53;
    const auto pause = slot.policy.lost(options_.conditions.moment(), chance, retry_after);
    figures_.change([&](ports::FeedFigures& all) { all.dropped += connection.waiting_trades(); });
    if (slot.successor.get() == &connection) {
      slot.successor.reset();
      return begin_after(slot, pause);
    }
    const bool was_live = slot.state == FeedState::live || slot.state == FeedState::stalled;
    if (was_live) figures_.change([](ports::FeedFigures& all) { ++all.disconnects; });
    slot.current = std::move(slot.successor);
    tell(slot, FeedState::disconnected, reason);
    if (slot.current == nullptr) {
      begin_after(slot, pause);
    } else {
      tell(slot, FeedState::connecting, reason);
    }
  }

  void on_replace(StreamConnection& connection) override {
    Slot& slot = slot_of(connection);
    if (slot.current.get() == &connection && slot.successor == nullptr) begin(slot);
  }

  bool on_batch(const std::shared_ptr<const ports::FeedBatch>& batch) override {
    return listener_.on_batch(batch);
  }

  void on_tally(const FrameTally& more) override { figures_.add(more, options_.conditions.now()); }

 private:
  /// A connection's place: there is one in it, or a pause until the next.
  struct Slot {
    Slot(StreamPlan given, ReconnectLimits limits, boost::asio::io_context& io)
        : plan(std::move(given)), policy(limits), pause(io) {}
    StreamPlan plan;
    ReconnectPolicy policy;
    boost::asio::steady_timer pause;
    std::shared_ptr<StreamConnection> current;
    std::shared_ptr<StreamConnection> successor;  ///< takes over once it is live
    FeedState state = FeedState::connecting;
    std::string reason;
  };

  void serve() noexcept {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for one thing; others go on
      }
    }
  }

  Slot& slot_of(const StreamConnection& connection) {
    return **std::find_if(slots_.begin(), slots_.end(), [&](const auto& slot) {
      return slot->current.get() == &connection || slot->successor.get() == &connection;
    });
  }

  void begin(Slot& slot) {
    auto connection = std::make_shared<StreamConnection>(io_, tls_.get(), slot.plan,
                                                         FrameReader(exchange_.parse, codes_),
                                                         subscription_, options_.conditions, *this);
    if (slot.current == nullptr) {
      slot.current = connection;
      tell(slot, FeedState::connecting, slot.reason);
    } else {
      slot.successor = connection;
    }
    connection->start();
  }

  void begin_after(Slot& slot, std::chrono::milliseconds wait) {
    slot.pause.expires_after(wait);
    slot.pause.async_wait([this, &slot](const boost::system::error_code& code) {
      if (!code && slot.successor == nullptr) begin(slot);
    });
  }

  void tell(Slot& slot, FeedState state, const std::string& reason) {
    slot.state = state;
    slot.reason = reason;
    // Worst first: waiting, connecting, stalled.
    const auto rank = [](FeedState of) {
      return of == FeedState::disconnected ? 3
             : of == FeedState::connecting ? 2
             : of == FeedState::stalled    ? 1
                                           : 0;
    };
    const Slot* worst = &slot;
    for (const auto& other : slots_) {
      if (rank(other->state) > rank(worst->state)) worst = other.get();
    }
    if (told_ == worst->state) return;
    told_ = worst->state;
    const ports::FeedStatus status{subscription_, worst->state, options_.conditions.now(),
                                   worst->reason};
    figures_.change([&](ports::FeedFigures& all) { all.status = status; });
    listener_.on_status(status);
  }

  const StreamExchange& exchange_;
  const StreamFeedOptions& options_;
  const std::shared_ptr<boost::asio::ssl::context> tls_;
  const std::uint64_t subscription_;
  ports::FeedListener& listener_;
  FeedCount& figures_;
  std::vector<std::string> codes_;
  std::optional<FeedState> told_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::thread thread_;
};

class StreamFeed final : public ports::MarketFeed {
 public:
  StreamFeed(StreamExchange exchange, StreamFeedOptions options)
      : exchange_(std::move(exchange)),
        options_(with_own_clocks(std::move(options))),
        figures_(exchange_.name) {}

  ~StreamFeed() override { stop(); }
  StreamFeed(const StreamFeed&) = delete;
  StreamFeed& operator=(const StreamFeed&) = delete;

  result::Status subscribe(const ports::FeedSubscription& subscription,
                           ports::FeedListener& listener) override {
    if (subscription.symbols.empty()) {
      return result::make_error(result::ErrorCode::invalid,
                                "A subscription needs a symbol: name at least one.", "symbols");
    }
    auto plans = exchange_.plan(subscription);
    if (!plans) return plans.error();
    auto tls = make_tls(options_.ca_file);
    if (!tls) return tls.error();
    stop();
    session_ = std::make_unique<Session>(exchange_, options_, *std::move(tls), *std::move(plans),
                                         subscription, listener, figures_);
    return result::success();
  }

  void stop() override {
    if (session_ == nullptr) return;
    session_.reset();
    figures_.change([&](ports::FeedFigures& all) {
      all.status.state = FeedState::stopped;
      all.status.since = options_.conditions.now();
      all.status.reason.clear();
    });
  }

  [[nodiscard]] ports::FeedFigures figures() const override { return figures_.get(); }

 private:
  const StreamExchange exchange_;
  const StreamFeedOptions options_;
  FeedCount figures_;
  std::unique_ptr<Session> session_;
};

}  // namespace

StreamFeedOptions with_own_clocks(StreamFeedOptions options) {
  StreamConditions& conditions = options.conditions;
  if (!conditions.now) {
    conditions.now = [] {
      return std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
    };
  }
  if (!conditions.moment) {
    conditions.moment = [] {
      return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
    };
  }
  if (!conditions.random) {
    conditions.random = [engine = std::make_shared<std::mt19937_64>(
                             std::uint64_t{std::random_device{}()} << 32U |
                             std::random_device{}())] { return (*engine)(); };
  }
  return options;
}

std::unique_ptr<ports::MarketFeed> make_stream_feed(StreamExchange exchange,
                                                    StreamFeedOptions options) {
  return std::make_unique<StreamFeed>(std::move(exchange), std::move(options));
}

}  // namespace hts::feed
