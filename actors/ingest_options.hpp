#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "actors/messages.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/runtime/lane.hpp"

namespace hts::actors {

struct IngestOptions {
  /// After the end of a minute, by the market's clock, until it is closed without a later trade.
  time::Duration grace = std::chrono::seconds{2};
  /// How long the exchange's history may be out of reach until the market goes on without what is
  /// missing.
  time::Duration backfill_patience = std::chrono::seconds{300};
  /// What is further back is not asked for.
  time::Duration longest_backfill = std::chrono::hours{72};
  market::DayBoundary day_boundary = market::DayBoundary::utc;
  /// A recording is played: its trades alone say what time it is.
  bool is_recording = false;
  /// The tail goes into the catalog when it holds more.
  std::uint64_t tail_candles = 200'000;
};

/// What the feed's thread and `ingest` tell each other past the mailbox.
struct FeedGate {
  /// Of ingest. False while so much waits there that the feed had better wait too.
  std::atomic<bool> has_room{true};
  /// Of the feed. A change of its state waits for room in the mailbox, perhaps a loss: meanwhile
  /// nobody knows that a minute is whole.
  std::atomic<bool> is_behind{false};
};

/// What `ingest` works with; outlives the runtime.
struct IngestPorts {
  ports::CandleStore& candles;
  runtime::Lane& disk;
  IngestOptions options = {};
  ports::CandleTail* tail = nullptr;        ///< null: closed candles are not kept
  runtime::Lane* live = nullptr;            ///< of the tail; one thread, shared with the ledger
  ports::MarketHistory* history = nullptr;  ///< null: what the stream missed stays missing
  runtime::Lane* rest = nullptr;            ///< of the history
  runtime::Address<PositionManagerProtocol> positions = {};
  runtime::Address<NotifierProtocol> notifier = {};
  std::shared_ptr<FeedGate> gate = {};  ///< may be null
  /// Hears every closed minute in order, on the actor's turns; must not block. May be empty.
  std::function<void(const LiveBar& bar, const std::vector<market::Symbol>& symbols)> on_bar = {};
};

}  // namespace hts::actors
