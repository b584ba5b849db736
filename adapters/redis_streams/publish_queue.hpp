#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "adapters/redis_streams/market_publisher.hpp"
#include "engine/ports/candle_tail.hpp"

namespace hts::redis_streams {

/// Publishes in the background: whoever has something to tell never waits for Redis.
///
/// What waits is bounded; when it is full the oldest goes and is counted. While the server is away
/// the same is tried again every second; after an error that cut a batch short, its messages may
/// come twice. What waits when this ends is gone.
///
/// Thread-safe.
class PublishQueue {
 public:
  using Publish =
      std::function<result::Status(const std::vector<MarketPublisher::ClosedCandle>& candles,
                                   const std::vector<std::string>& signals)>;
  struct Options {
    std::size_t capacity = 100'000;
    std::chrono::milliseconds pause{1'000};  ///< after a failure
    /// Hears when the server goes away and when it is back, once each. May be empty.
    std::function<void(bool is_problem, const std::string& what)> note = {};
  };
  struct Readings {
    std::uint64_t waiting = 0;
    std::uint64_t published = 0;
    std::uint64_t dropped = 0;
    bool is_reachable = true;
  };

  /// `publish` blocks and is called on the queue's thread.
  PublishQueue(Publish publish, Options options);
  ~PublishQueue();
  PublishQueue(const PublishQueue&) = delete;
  PublishQueue& operator=(const PublishQueue&) = delete;

  void add(MarketPublisher::ClosedCandle candle);
  /// A JSON object.
  void add_signal(std::string document);
  [[nodiscard]] Readings readings() const;

 private:
  using Item = std::variant<MarketPublisher::ClosedCandle, std::string>;
  void put(Item item);
  void serve();
  void publish(std::unique_lock<std::mutex>& lock);

  const Publish publish_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  std::uint64_t taken_ = 0;  ///< of all that were put; items_ begins with this one
  Readings readings_;
  bool is_stopping_ = false;
  std::thread thread_;
};

/// A tail that tells of its candles once they are durable.
class PublishingTail final : public ports::CandleTail {
 public:
  /// Both outlive it.
  PublishingTail(ports::CandleTail& below, PublishQueue& queue) : below_(below), queue_(queue) {}

  result::Status append(const std::vector<ports::TailBar>& bars) override;
  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            time::TimeRange range) override {
    return below_.load(symbol, range);
  }
  result::Result<std::vector<Held>> held() override { return below_.held(); }
  result::Status drop(const market::Symbol& symbol, time::Timestamp before) override {
    return below_.drop(symbol, before);
  }

 private:
  ports::CandleTail& below_;
  PublishQueue& queue_;
};

}  // namespace hts::redis_streams
