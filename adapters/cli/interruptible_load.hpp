#pragma once

#include "adapters/cli/command.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::cli {

/// What `store.load` gives, taken block by block so that Ctrl-C ends it at once. Errors: those of
/// the store; cancelled.
[[nodiscard]] result::Result<market::CandleSeries> load_unless_interrupted(
    ports::CandleStore& store, const market::Symbol& symbol, market::Timeframe timeframe,
    time::TimeRange range, const CommandEnvironment& environment);

}  // namespace hts::cli
