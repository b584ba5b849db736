#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"

namespace hts::screener {

/// The last days of one market, for comparing it with others.
struct MarketDays {
  market::Symbol symbol;
  /// Ascending, at least one; the newest may not be over. Days without a candle are left out.
  std::vector<market::Candle> days;
  time::Timestamp price_time{};  ///< when the newest candle under `days` closed

  [[nodiscard]] double price() const noexcept { return days.back().close; }
};

/// What the screener can look back to: a month before the first day of the longest average.
inline constexpr std::size_t longest_average = 200;
inline constexpr std::size_t most_days = longest_average + 31;

/// Stored days, and what shorter candles have of the days after them: each stretch of time is read
/// from the longest candles that cover it. `timeframes` are those of the symbol in the catalog, in
/// any order; weeks are passed over. At most `most_days` up to `now`. Errors: not_found without a
/// candle in that time; those of the store. Blocks; cost: the loads.
[[nodiscard]] result::Result<MarketDays> load_days(ports::CandleStore& store,
                                                   const market::Symbol& symbol,
                                                   std::vector<market::Timeframe> timeframes,
                                                   market::DayBoundary boundary,
                                                   time::Timestamp now,
                                                   const std::atomic<bool>* cancel = nullptr);

}  // namespace hts::screener
