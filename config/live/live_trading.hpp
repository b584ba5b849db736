#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/journal/journaled_ledger_store.hpp"
#include "adapters/journal/journaled_market.hpp"
#include "adapters/redis_streams/publish_queue.hpp"
#include "adapters/sqlite/sqlite_candle_tail.hpp"
#include "adapters/sqlite/sqlite_ledger_store.hpp"
#include "adapters/tail/tailed_candle_store.hpp"
#include "config/settings.hpp"
#include "config/wiring/feed_arrival.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// What positions entered by hand cost. Errors: invalid, field = key.
[[nodiscard]] result::Result<paper::ManualCosts> manual_costs(const Settings& settings);

/// What a daemon trades live with: the feed of `feed.source` and state.root/live.sqlite. Lives
/// longer than the runtime; `stop` comes before the runtime's end.
class LiveTrading {
 public:
  /// Null where `feed.source` is none. The catalog outlives it. Errors: those of the feed's
  /// settings; invalid, field = key; storage.
  /// `note`: of what is published; see PublishQueue.
  [[nodiscard]] static result::Result<std::unique_ptr<LiveTrading>> open(
      const Settings& settings, ports::CandleStore& catalog,
      std::function<void(bool is_problem, const std::string& what)> note = {});

  /// The catalog with the newest minutes.
  [[nodiscard]] ports::CandleStore& candles() noexcept { return *candles_; }
  /// What goes out to Redis; null: nothing does. Thread-safe.
  [[nodiscard]] const redis_streams::PublishQueue* publishing() const noexcept {
    return publishing_.get();
  }
  /// The exchange's own; null where there is none. Thread-safe.
  [[nodiscard]] ports::MarketHistory* history() noexcept { return history_.get(); }
  /// What live trading adds to stores of which `stores.candles` are the journaled ones.
  void wire(Stores& stores, LiveOptions& options);
  /// From now on the feed's data has somewhere to go.
  void begin(runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest);
  /// Any thread.
  [[nodiscard]] ports::FeedFigures feed_figures() const { return feed_->figures(); }
  /// Nothing comes any more.
  void stop();

 private:
  LiveTrading() = default;
  [[nodiscard]] result::Status subscribe(const ports::FeedSubscription& wanted);

  runtime::Runtime* runtime_ = nullptr;
  std::mutex feed_mutex_;  // one actor subscribes, the daemon stops
  bool is_stopped_ = false;
  bool wants_quotes_ = false;
  std::unique_ptr<sqlite::SqliteCandleTail> tail_;
  std::unique_ptr<redis_streams::PublishQueue> publishing_;
  std::optional<redis_streams::PublishingTail> publishing_tail_;
  std::unique_ptr<tail::TailedCandleStore> candles_;
  std::unique_ptr<sqlite::SqliteLedgerStore> ledger_;
  std::unique_ptr<journal::JournaledLedgerStore> journaled_ledger_;
  std::unique_ptr<ports::MarketHistory> history_;
  std::unique_ptr<journal::JournaledCandleTail> journaled_tail_;
  std::unique_ptr<journal::JournaledMarketHistory> journaled_history_;
  std::unique_ptr<journal::JournaledLiveCandles> live_candles_;
  std::shared_ptr<actors::FeedGate> gate_ = std::make_shared<actors::FeedGate>();
  std::unique_ptr<FeedIntake> intake_;
  std::unique_ptr<ports::MarketFeed> feed_;  // ends before the intake that it calls
};

}  // namespace hts::config
