#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/ports/market_feed.hpp"

namespace hts::testing {

/// Keeps all that a feed tells, in its order, and lets a test wait for it.
class CollectingListener final : public ports::FeedListener {
 public:
  struct Told {
    std::vector<ports::FeedTrade> trades;
    std::vector<ports::FeedCandle> candles;
    std::vector<ports::FeedTicker> tickers;
    std::vector<ports::FeedQuote> quotes;
    std::vector<ports::FeedStatus> statuses;
    std::vector<std::size_t> trades_before;  ///< each status: how many had come by then
    std::vector<std::string> story;          ///< "live", "3 trades", "disconnected", ...
    std::vector<time::Timestamp> received;
    std::size_t refused = 0;
  };

  bool on_batch(const std::shared_ptr<const ports::FeedBatch>& batch) override {
    const std::lock_guard lock(mutex_);
    if (told_.refused < refuse_) {
      ++told_.refused;
      changed_.notify_all();
      return false;
    }
    told_.received.push_back(batch->received);
    told_.trades.insert(told_.trades.end(), batch->trades.begin(), batch->trades.end());
    told_.candles.insert(told_.candles.end(), batch->candles.begin(), batch->candles.end());
    told_.tickers.insert(told_.tickers.end(), batch->tickers.begin(), batch->tickers.end());
    told_.quotes.insert(told_.quotes.end(), batch->quotes.begin(), batch->quotes.end());
    if (!batch->trades.empty()) told_.story.emplace_back("trades");
    changed_.notify_all();
    return true;
  }
  void on_status(const ports::FeedStatus& status) override {
    constexpr const char* names[] = {"stopped", "connecting", "live", "stalled", "disconnected"};
    const std::lock_guard lock(mutex_);
    told_.statuses.push_back(status);
    told_.trades_before.push_back(told_.trades.size());
    told_.story.emplace_back(names[static_cast<int>(status.state)]);
    changed_.notify_all();
  }

  /// The first so many offers are refused.
  void refuse(std::size_t offers) { refuse_ = offers; }

  /// What was told once `is_enough` says so; a test that waits in vain fails by what it then finds.
  template <class Enough>
  Told wait_until(Enough is_enough) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return is_enough(told_); });
    return told_;
  }
  Told wait_for_trades(std::size_t count) {
    return wait_until([&](const Told& told) { return told.trades.size() >= count; });
  }
  Told wait_for_reason(const std::string& part) {
    return wait_until([&](const Told& told) {
      return !told.statuses.empty() && told.statuses.back().reason.find(part) != std::string::npos;
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t refuse_ = 0;
  Told told_;
};

}  // namespace hts::testing
