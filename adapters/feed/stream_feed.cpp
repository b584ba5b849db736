#include "adapters/feed/stream_feed.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "adapters/feed/feed_count.hpp"

namespace hts::feed {
namespace {

using ports::FeedState;

/// What subscriptions of a feed have in common.
struct Ground {
  Ground(StreamExchange of, StreamFeedOptions with)
      : exchange(std::move(of)),
        options(with_own_clocks(std::move(with))),
        figures(exchange.name) {}

  const StreamExchange exchange;
  const StreamFeedOptions options;
  FeedCount figures;
};

/// One subscription, from its start to its end. Everything but `start` and `end` happens on its
/// executor.
class Session final : public StreamConnection::Owner, public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Ground> ground, std::shared_ptr<boost::asio::ssl::context> tls,
          std::vector<StreamPlan> plans, const ports::FeedSubscription& subscription,
          ports::FeedListener& listener)
      : ground_(std::move(ground)),
        options_(ground_->options),
        tls_(std::move(tls)),
        subscription_(subscription.number),
        listener_(listener),
        figures_(ground_->figures) {
    boost::asio::io_context* const others = options_.io ? options_.io() : nullptr;
    if (others != nullptr) {
      executor_ = boost::asio::make_strand(*others);
    } else {
      executor_ = own_.emplace(1).get_executor();
    }
    for (const market::Symbol& symbol : subscription.symbols) {
      codes_.push_back(ground_->exchange.code(symbol));
    }
    for (StreamPlan& plan : plans) {
      slots_.push_back(std::make_unique<Slot>(std::move(plan), options_.reconnect, executor_));
    }
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() {
    boost::asio::post(executor_, [self = weak_from_this()] {
      const auto session = self.lock();
      if (!session || session->is_closed_) return;
      auto wait = std::chrono::milliseconds::zero();
      for (const auto& slot : session->slots_) {
        session->begin_after(*slot, wait);
        wait += session->options_.between_connections;
      }
    });
    if (!own_) return;
    thread_ = std::thread([this] {
      serve();
      close();
    });
  }

  /// The listener hears nothing more. False on its own thread: it is over once `end` was called on
  /// another one.
  [[nodiscard]] bool end() {
    {
      const std::lock_guard lock(gate_);
      is_over_ = true;
    }
    if (!own_) {
      boost::asio::post(executor_, [self = shared_from_this()] { self->close(); });
      return true;
    }
    own_->stop();
    if (thread_.get_id() == std::this_thread::get_id()) return false;
    thread_.join();
    return true;
  }

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
    const std::lock_guard lock(gate_);
    return !is_over_ && listener_.on_batch(batch);
  }

  void on_tally(const FrameTally& more) override { figures_.add(more, options_.conditions.now()); }

 private:
  /// A connection's place: there is one in it, or a pause until the next.
  struct Slot {
    Slot(StreamPlan given, ReconnectLimits limits, const boost::asio::any_io_executor& executor)
        : plan(std::move(given)), policy(limits), pause(executor) {}
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
        const auto work = boost::asio::make_work_guard(*own_);
        own_->run();
        return;
      } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for one thing; others go on
      }
    }
  }

  void close() {
    is_closed_ = true;
    std::uint64_t dropped = 0;
    for (const auto& slot : slots_) {
      slot->pause.cancel();
      for (const auto& connection : {slot->current, slot->successor}) {
        if (connection == nullptr) continue;
        dropped += connection->waiting_trades();
        connection->close();
      }
    }
    figures_.change([&](ports::FeedFigures& all) { all.dropped += dropped; });
  }

  Slot& slot_of(const StreamConnection& connection) {
    return **std::find_if(slots_.begin(), slots_.end(), [&](const auto& slot) {
      return slot->current.get() == &connection || slot->successor.get() == &connection;
    });
  }

  void begin(Slot& slot) {
    auto connection = std::make_shared<StreamConnection>(
        executor_, tls_.get(), slot.plan, FrameReader(ground_->exchange.parse, codes_),
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
    slot.pause.async_wait([self = weak_from_this(), &slot](const boost::system::error_code& code) {
      const auto session = self.lock();
      if (code || !session || session->is_closed_) return;
      if (slot.successor == nullptr) session->begin(slot);
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
    const std::lock_guard lock(gate_);
    if (is_over_) return;
    figures_.change([&](ports::FeedFigures& all) { all.status = status; });
    listener_.on_status(status);
  }

  const std::shared_ptr<Ground> ground_;
  const StreamFeedOptions& options_;
  const std::shared_ptr<boost::asio::ssl::context> tls_;
  const std::uint64_t subscription_;
  ports::FeedListener& listener_;
  FeedCount& figures_;
  std::vector<std::string> codes_;
  std::optional<FeedState> told_;
  std::optional<boost::asio::io_context> own_;
  boost::asio::any_io_executor executor_;
  std::vector<std::unique_ptr<Slot>> slots_;
  bool is_closed_ = false;
  std::mutex gate_;
  bool is_over_ = false;  // guarded by it
  std::thread thread_;
};

class StreamFeed final : public ports::MarketFeed {
 public:
  StreamFeed(StreamExchange exchange, StreamFeedOptions options)
      : ground_(std::make_shared<Ground>(std::move(exchange), std::move(options))) {}

  ~StreamFeed() override { StreamFeed::stop(); }
  StreamFeed(const StreamFeed&) = delete;
  StreamFeed& operator=(const StreamFeed&) = delete;

  result::Status subscribe(const ports::FeedSubscription& subscription,
                           ports::FeedListener& listener) override {
    if (subscription.symbols.empty()) {
      return result::make_error(result::ErrorCode::invalid,
                                "A subscription needs a symbol: name at least one.", "symbols");
    }
    auto plans = ground_->exchange.plan(subscription);
    if (!plans) return plans.error();
    auto tls = make_tls(ground_->options.ca_file);
    if (!tls) return tls.error();
    stop();
    session_ = std::make_shared<Session>(ground_, *std::move(tls), *std::move(plans), subscription,
                                         listener);
    session_->start();
    return result::success();
  }

  void stop() override {
    std::erase_if(ending_, [](const auto& session) { return session->end(); });
    if (session_ == nullptr) return;
    auto session = std::exchange(session_, nullptr);
    if (!session->end()) ending_.push_back(std::move(session));
    ground_->figures.change([&](ports::FeedFigures& all) {
      all.status.state = FeedState::stopped;
      all.status.since = ground_->options.conditions.now();
      all.status.reason.clear();
    });
  }

  [[nodiscard]] ports::FeedFigures figures() const override { return ground_->figures.get(); }

 private:
  const std::shared_ptr<Ground> ground_;
  std::shared_ptr<Session> session_;
  std::vector<std::shared_ptr<Session>> ending_;  ///< on their own threads
};

}  // namespace

result::Status check_stream(const StreamExchange& exchange, const StreamFeedOptions& options) {
  ports::FeedSubscription any;
  any.symbols = {*market::Symbol::parse("BTC_USDT")};
  if (auto plans = exchange.plan(any); !plans) return std::move(plans).error();
  if (options.ca_file.empty()) return result::success();
  auto tls = make_tls(options.ca_file);
  return tls ? result::success() : result::Status{std::move(tls).error()};
}

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
    // A subscription that ends may still speak while the next one begins, on another thread.
    struct Dice {
      std::mutex mutex;
      std::mt19937_64 engine{std::uint64_t{std::random_device{}()} << 32U | std::random_device{}()};
    };
    conditions.random = [dice = std::make_shared<Dice>()] {
      const std::lock_guard lock(dice->mutex);
      return dice->engine();
    };
  }
  return options;
}

std::unique_ptr<ports::MarketFeed> make_stream_feed(StreamExchange exchange,
                                                    StreamFeedOptions options) {
  return std::make_unique<StreamFeed>(std::move(exchange), std::move(options));
}

}  // namespace hts::feed
