#include "adapters/redis_streams/redis_feed.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/feed/feed_count.hpp"
#include "adapters/feed/frame_reader.hpp"
#include "adapters/redis/connection.hpp"
#include "adapters/redis/pipeline.hpp"
#include "adapters/redis_streams/market_message.hpp"

namespace hts::redis_streams {
namespace {

using ports::FeedState;
using redis::Connection;
using redis::ReplyView;

constexpr std::string_view block_milliseconds = "150";

std::chrono::nanoseconds steady_moment() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

time::Timestamp wall_time() {
  return std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
}

/// `1730336862047-3`: the server's clock when the entry was added.
std::int64_t milliseconds_of(std::string_view id) {
  std::int64_t milliseconds = 0;
  std::from_chars(id.data(), id.data() + id.size(), milliseconds);
  return milliseconds;
}

std::vector<std::string> codes_of(const std::vector<market::Symbol>& symbols) {
  std::vector<std::string> codes;
  for (const market::Symbol& symbol : symbols) codes.push_back(symbol.text());
  return codes;
}

/// One subscription, from its start to its end.
class Session {
 public:
  Session(const RedisFeedOptions& options, const ports::FeedSubscription& subscription,
          ports::FeedListener& listener, feed::FeedCount& count)
      : options_(options),
        subscription_(subscription.number),
        reader_(&parse_message, codes_of(subscription.symbols)),
        listener_(listener),
        count_(count),
        thread_([this] { run(); }) {}

  ~Session() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  void run() {
    feed::ReconnectPolicy policy(options_.reconnect);
    std::mt19937_64 random{std::random_device{}()};
    while (!is_over()) {
      tell(FeedState::connecting, {});
      const result::Error error = in_terms_of_the_feed(follow(policy));
      if (is_over()) return;
      tell(FeedState::disconnected, error.message);
      const double chance = std::uniform_real_distribution<double>{0, 1}(random);
      wait(policy.lost(steady_moment(), chance));
    }
  }

  /// Returns when the connection is lost or the subscription is over.
  [[nodiscard]] result::Error follow(feed::ReconnectPolicy& policy) {
    auto connection = Connection::open(options_.address, options_.password, {});
    if (!connection) return connection.error();
    auto made =
        connection->run({"XGROUP", "CREATE", options_.stream, options_.group, "$", "MKSTREAM"});
    if (!made) return made.error();
    if (made->view().is_error() && !made->view().text().starts_with("BUSYGROUP")) {
      return redis::refused_by_server(options_.address.text(), made->view().text());
    }
    tell(FeedState::live, {});
    count_.change([](ports::FeedFigures& all) { ++all.connects; });
    policy.went_live(steady_moment());
    unacknowledged_.clear();
    std::string from = "0";  // then what is new
    while (!is_over()) {
      auto entries = read(*connection, from);
      if (!entries) {
        count_.change([](ports::FeedFigures& all) { ++all.disconnects; });
        return entries.error();
      }
    }
    return result::make_error(result::ErrorCode::cancelled, "Stopped.");
  }

  [[nodiscard]] result::Status read(Connection& connection, std::string& from) {
    auto reply = connection.run({"XREADGROUP", "GROUP", options_.group, options_.consumer, "COUNT",
                                 std::to_string(options_.entries_a_read), "BLOCK",
                                 block_milliseconds, "STREAMS", options_.stream, from});
    if (!reply) return reply.error();
    const ReplyView view = reply->view();
    if (view.is_error()) {
      return redis::refused_by_server(options_.address.text(), view.text());
    }
    const ReplyView entries = view[0][1];
    const bool is_old = from != ">";
    if (entries.size() == 0) {
      if (is_old) from = ">";
      return acknowledge(connection);
    }
    auto batch = std::make_shared<ports::FeedBatch>();
    batch->subscription = subscription_;
    batch->received = wall_time();
    const feed::FrameTally before = reader_.tally();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string id(entries[i][0].text());
      read_entry(entries[i][1], *batch);
      unacknowledged_.push_back(id);
      newest_ = std::max(newest_, milliseconds_of(id));
      if (is_old) from = id;
    }
    const feed::FrameTally& now = reader_.tally();
    count_.add({now.frames - before.frames, now.trades - before.trades, now.bytes - before.bytes,
                now.malformed - before.malformed, now.unknown_symbols - before.unknown_symbols,
                now.refused - before.refused},
               batch->received);
    if (!batch->trades.empty() || !batch->candles.empty()) {
      while (!listener_.on_batch(batch)) {
        wait(std::chrono::milliseconds{2});
        // Not acknowledged, so it comes again.
        if (is_over()) return result::success();
      }
    }
    return acknowledge(connection);
  }

  void read_entry(ReplyView fields, ports::FeedBatch& batch) {
    // An entry that was deleted or trimmed has none.
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
      if (fields[i].text() != "data") continue;
      (void)reader_.read(fields[i + 1].text(), batch);
      return;
    }
    (void)reader_.read({}, batch);
  }

  [[nodiscard]] result::Status acknowledge(Connection& connection) {
    const std::int64_t before = newest_ - options_.acknowledge_after.count();
    redis::Pipeline pipeline;
    std::size_t count = 0;
    while (count < unacknowledged_.size() && count < 4096 &&
           milliseconds_of(unacknowledged_[count]) <= before) {
      if (count == 0) {
        pipeline.begin();
        for (const std::string_view word :
             {"XACK", options_.stream.c_str(), options_.group.c_str()}) {
          pipeline.argument(word);
        }
      }
      pipeline.argument(std::string_view(unacknowledged_[count]));
      ++count;
    }
    if (count == 0) return result::success();
    pipeline.end();
    auto replies = connection.run(pipeline);
    if (!replies) return replies.error();
    unacknowledged_.erase(unacknowledged_.begin(),
                          unacknowledged_.begin() + static_cast<std::ptrdiff_t>(count));
    return result::success();
  }

  void wait(std::chrono::milliseconds pause) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause, [this] { return is_over_; });
  }
  [[nodiscard]] bool is_over() {
    const std::lock_guard lock(mutex_);
    return is_over_;
  }

  void tell(FeedState state, const std::string& reason) {
    if (is_over()) return;
    const ports::FeedStatus status{subscription_, state, wall_time(), reason};
    count_.change([&](ports::FeedFigures& all) { all.status = status; });
    listener_.on_status(status);
  }

  const RedisFeedOptions& options_;
  const std::uint64_t subscription_;
  feed::FrameReader reader_;
  ports::FeedListener& listener_;
  feed::FeedCount& count_;
  std::deque<std::string> unacknowledged_;
  std::int64_t newest_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

class RedisFeed final : public ports::MarketFeed {
 public:
  explicit RedisFeed(RedisFeedOptions options) : options_(std::move(options)) {}
  ~RedisFeed() override { stop(); }
  RedisFeed(const RedisFeed&) = delete;
  RedisFeed& operator=(const RedisFeed&) = delete;

  result::Status subscribe(const ports::FeedSubscription& subscription,
                           ports::FeedListener& listener) override {
    if (subscription.symbols.empty()) {
      return result::make_error(result::ErrorCode::invalid,
                                "A subscription needs a symbol: name at least one.", "symbols");
    }
    stop();
    session_ = std::make_unique<Session>(options_, subscription, listener, count_);
    return result::success();
  }

  void stop() override {
    if (session_ == nullptr) return;
    session_.reset();
    count_.change([](ports::FeedFigures& all) {
      all.status.state = FeedState::stopped;
      all.status.since = wall_time();
      all.status.reason.clear();
    });
  }

  [[nodiscard]] ports::FeedFigures figures() const override { return count_.get(); }

 private:
  const RedisFeedOptions options_;
  feed::FeedCount count_{"redis"};
  std::unique_ptr<Session> session_;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

result::Error in_terms_of_the_feed(result::Error error) {
  for (std::string* const text : {&error.message, &error.field}) {
    replace_all(*text, "jobs.store", "feed.source");
    replace_all(*text, "jobs.password_file", "feed.password_file");
    replace_all(*text, "remove jobs that have ended", "trim its streams");
  }
  return error;
}

std::unique_ptr<ports::MarketFeed> make_redis_feed(RedisFeedOptions options) {
  return std::make_unique<RedisFeed>(std::move(options));
}

}  // namespace hts::redis_streams
