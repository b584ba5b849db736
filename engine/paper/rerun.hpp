#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::paper {

/// Stored minutes that opened in the range, ascending; empty when there are none.
using StoredMinutes = std::function<result::Result<market::CandleSeries>(
    const market::Symbol& symbol, time::TimeRange range)>;

/// How a session that ran again compares with what is stored of it.
struct RerunReport {
  time::Timestamp from{};  ///< the first and the last bar
  time::Timestamp to{};
  std::uint64_t bars = 0;
  std::uint64_t signals = 0;
  std::uint64_t fills = 0;
  std::uint64_t differences = 0;   ///< events that are not what they were
  std::vector<std::string> first;  ///< a sentence each, the earliest twenty
  std::vector<PaperEvent> events;  ///< of the second run
};

/// The session again, offline, up to the bar `up_to`: strategies warmed up as they were, the same
/// bars from stored candles, and what people asked for at the places where they did. Equal candles
/// give equal events to the last digit, so every difference is a defect or a changed candle.
///
/// Reads a day of all symbols at a time; O(minutes * slots). Errors: those of `minutes`, a strategy
/// that is not known any more.
[[nodiscard]] result::Result<RerunReport> rerun(const LivePlan& plan,
                                                std::span<const PaperEvent> stored,
                                                time::Timestamp up_to, market::DayBoundary boundary,
                                                const StoredMinutes& minutes);

}  // namespace hts::paper
