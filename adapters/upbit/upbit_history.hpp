#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "adapters/upbit/upbit_client.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Past candles from Upbit into the catalog.
namespace hts::upbit {

struct HistoryOptions {
  int pages_a_merge = 50;  ///< so much is lost at most when the process is killed
  /// How much of the range is done, in time; after every page; may be empty.
  std::function<void(time::Duration done, time::Duration total)> progress;
};

struct HistoryReport {
  std::uint64_t pages = 0;
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::uint64_t received = 0;  ///< closed candles in the range, as Upbit sent them
  std::uint64_t skipped = 0;   ///< candles that the catalog had, so nobody asked for them
  ports::WriteReport written;
  /// The catalog now has everything that Upbit has from here to the end of the range.
  std::optional<time::Timestamp> complete_from;
  bool market_begins_here = false;  ///< Upbit has nothing before the earliest candle
  /// Why it ended before the beginning of the range. What was fetched until then is in the catalog.
  std::optional<result::Error> stopped_by;
};

/// Pages backwards from the end of the range (now, if that is earlier) to its beginning and merges
/// into the catalog every few pages. Runs of candles that the catalog already has are passed over,
/// so a fetch that was interrupted goes on where it stopped. The candle still forming is not taken.
/// Blocking; one thread. Errors are in `stopped_by`: those of the client and the store, malformed
/// when the server repeats itself, cancelled.
[[nodiscard]] HistoryReport fetch_history(UpbitClient& client, ports::CandleStore& store,
                                          const market::Symbol& symbol, market::Timeframe timeframe,
                                          time::TimeRange range,
                                          const HistoryOptions& options = {});

}  // namespace hts::upbit
