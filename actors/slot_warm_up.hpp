#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/strategy_runner.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/ledger_store.hpp"

namespace hts::actors {

/// Strategies on their way to runners.
struct SlotWarmUp {
  market::Symbol symbol;
  market::Timeframe timeframe = market::Timeframe::minute();
  std::string strategy;
  parameters::Parameters parameters;
  /// The first candle; nothing: far enough back for the strategy to have settled.
  std::optional<time::Timestamp> from;
  /// Where to go on from (see strategy_snapshot.hpp). Empty, not of this strategy, or of a later
  /// candle: from the first one.
  std::string snapshot = {};
  /// It gives orders of its own and goes on in the account: there is nothing to show to it.
  bool is_kept = false;
  double cash = 0;  ///< the session's, that a strategy with orders of its own sees until then
};

/// Those of a new plan, from as far back as is needed.
[[nodiscard]] std::vector<SlotWarmUp> warm_ups(const paper::LivePlan& plan);
/// Those of a session that goes on.
[[nodiscard]] std::vector<SlotWarmUp> warm_ups(const paper::LivePlan& plan,
                                               const std::vector<ports::SlotSnapshot>& snapshots);

/// Shows the stored candles that have closed with the bar `up_to` to each strategy; longer candles
/// are built from minutes, as a feed's are. A strategy that fails says so in its place; a symbol
/// without stored candles is none's fault. Blocks. Errors: those of a store that cannot be read.
[[nodiscard]] result::Result<std::vector<WarmStrategy>> warm_up(
    ports::CandleStore& candles, market::DayBoundary boundary, const std::vector<SlotWarmUp>& slots,
    time::Timestamp up_to);

/// Minutes that opened in the range; none is no error.
[[nodiscard]] result::Result<market::CandleSeries> stored_minutes(ports::CandleStore& candles,
                                                                  const market::Symbol& symbol,
                                                                  time::TimeRange range);

}  // namespace hts::actors
