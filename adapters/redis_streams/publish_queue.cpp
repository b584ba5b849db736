#include "adapters/redis_streams/publish_queue.hpp"

#include <algorithm>
#include <utility>

namespace hts::redis_streams {
namespace {

constexpr std::size_t items_at_once = 512;

}  // namespace

PublishQueue::PublishQueue(Publish publish, Options options)
    : publish_(std::move(publish)), options_(std::move(options)), thread_([this] { serve(); }) {}

PublishQueue::~PublishQueue() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PublishQueue::add(MarketPublisher::ClosedCandle candle) {
  put(std::move(candle));
}

void PublishQueue::add_signal(std::string document) {
  put(std::move(document));
}

void PublishQueue::put(Item item) {
  {
    const std::lock_guard lock{mutex_};
    items_.push_back(std::move(item));
    if (items_.size() > options_.capacity) {
      items_.pop_front();
      ++taken_;
      ++readings_.dropped;
    }
  }
  changed_.notify_one();
}

PublishQueue::Readings PublishQueue::readings() const {
  const std::lock_guard lock{mutex_};
  Readings readings = readings_;
  readings.waiting = items_.size();
  return readings;
}

void PublishQueue::serve() {
  std::unique_lock lock{mutex_};
  while (!is_stopping_) {
    if (items_.empty()) {
      changed_.wait(lock);
      continue;
    }
    publish(lock);
    if (readings_.is_reachable) continue;
    changed_.wait_for(lock, options_.pause, [this] { return is_stopping_; });
  }
}

void PublishQueue::publish(std::unique_lock<std::mutex>& lock) {
  std::vector<MarketPublisher::ClosedCandle> candles;
  std::vector<std::string> signals;
  const std::size_t count = std::min(items_.size(), items_at_once);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* candle = std::get_if<MarketPublisher::ClosedCandle>(&items_[i])) {
      candles.push_back(*candle);
    } else {
      signals.push_back(std::get<std::string>(items_[i]));
    }
  }
  const std::uint64_t end = taken_ + count;
  lock.unlock();
  const auto published = publish_(candles, signals);
  lock.lock();
  const bool was_reachable = std::exchange(readings_.is_reachable, published.ok());
  if (published) {
    readings_.published += count;
    // Some of them may have been dropped meanwhile.
    for (; taken_ < end; ++taken_) items_.pop_front();
  }
  if (was_reachable == published.ok() || !options_.note) return;
  const std::string what =
      published ? "Candles and signals are published again."
                : "Candles and signals wait to be published: " + published.error().message;
  lock.unlock();
  options_.note(!published, what);
  lock.lock();
}

result::Status PublishingTail::append(const std::vector<ports::TailBar>& bars) {
  auto appended = below_.append(bars);
  if (!appended) return appended;
  for (const ports::TailBar& bar : bars) {
    for (const ports::TailCandle& line : bar.candles) {
      queue_.add({line.symbol, market::Timeframe::minute(), line.candle});
    }
  }
  return appended;
}

}  // namespace hts::redis_streams
