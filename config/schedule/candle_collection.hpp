#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "actors/messages.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// Where candles come from and go to.
struct CollectionPorts {
  ports::MarketHistory& history;
  ports::CandleStore& candles;  ///< what is there already; it is only read
  /// Durable when it returns; may wait for somebody else.
  std::function<result::Result<ports::WriteReport>(actors::StoreCandles)> store;
};

struct CollectionReport {
  std::uint64_t received = 0;
  std::uint64_t added = 0;
  /// The newest candle of the range that is there now, by its open time.
  std::optional<time::Timestamp> last;
};

/// Fetches the closed candles of a range, piece by piece, oldest first, and keeps those that are
/// not there yet: a candle that somebody has seen stays what it was, whatever the exchange says
/// later. Pieces that are complete are not asked for. Errors: those of the ports; cancelled soon
/// after the flag is set, with what came until then kept.
[[nodiscard]] result::Result<CollectionReport> collect_candles(const CollectionPorts& ports,
                                                               const market::Symbol& symbol,
                                                               market::Timeframe timeframe,
                                                               time::TimeRange range,
                                                               const std::atomic<bool>& cancelled);

}  // namespace hts::config
