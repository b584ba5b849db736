#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// How far the collection of candles has come, for each series. May block; thread-safe.
namespace hts::ports {

/// Times are kept to the millisecond.
struct CollectionStatus {
  market::Symbol symbol;
  market::Timeframe timeframe = market::Timeframe::day();
  std::optional<time::Timestamp> last_candle;  ///< its open time; nothing: none yet
  time::Timestamp updated_at{};                ///< when this was so
  std::string error;                           ///< of the last attempt, a sentence; empty: none

  friend bool operator==(const CollectionStatus&, const CollectionStatus&) = default;
};

class CollectionStatusStore {
 public:
  virtual ~CollectionStatusStore() = default;

  /// Durable when it returns, all of them or none; takes the place of what was known of the series.
  /// The last one of a series counts.
  [[nodiscard]] virtual result::Status put(const std::vector<CollectionStatus>& statuses) = 0;
  /// Error: not_found, field `symbol`.
  [[nodiscard]] virtual result::Result<CollectionStatus> find(const market::Symbol& symbol,
                                                              market::Timeframe timeframe) = 0;
  /// All of them, by symbol, then from the shortest timeframe to the longest.
  [[nodiscard]] virtual result::Result<std::vector<CollectionStatus>> list() = 0;
};

/// What every store says when a series is not there.
[[nodiscard]] result::Error no_collection_status(const market::Symbol& symbol,
                                                 market::Timeframe timeframe);

}  // namespace hts::ports
