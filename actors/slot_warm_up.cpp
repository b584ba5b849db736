#include "actors/slot_warm_up.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "engine/paper/strategy_snapshot.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::Result;

constexpr time::Duration minute_length = market::Timeframe::minute().length();
/// Averages that look back for ever have forgotten where they began after some multiples of their
/// length; minutes without a trade make no candle.
constexpr std::int64_t warm_up_multiple = 8;
constexpr std::int64_t least_candles = 200;
constexpr std::int64_t most_candles = 50'000;

time::Timestamp begin_of(const SlotWarmUp& slot, const strategies::StrategyDefinition& definition,
                         market::DayBoundary boundary, time::Timestamp up_to) {
  if (slot.from) return *slot.from;
  const std::size_t needed = definition.warm_up ? definition.warm_up(slot.parameters) : 0;
  const std::int64_t candles = std::clamp(
      static_cast<std::int64_t>(std::min<std::size_t>(needed, 1'000'000)) * warm_up_multiple,
      least_candles, most_candles);
  const auto begin = up_to - candles * time::Duration{slot.timeframe.length()};
  return market::bucket_open_at(std::max(begin, time::Timestamp{}), slot.timeframe, boundary);
}

/// As it was at some candle up to `up_to`, or before all candles.
WarmStrategy begun(const SlotWarmUp& slot, const strategies::StrategyDefinition& definition,
                   time::Timestamp warmed_from, time::Timestamp up_to) {
  if (slot.is_kept) {
    WarmStrategy kept;
    kept.warmed_from = warmed_from;
    return kept;
  }
  if (!slot.snapshot.empty()) {
    auto known = paper::from_snapshot(slot.snapshot, definition, slot.parameters, warmed_from);
    if (known && known->last_candle + slot.timeframe.length() <= up_to + minute_length) {
      return *std::move(known);
    }
  }
  WarmStrategy warm;
  warm.warmed_from = warmed_from;
  auto strategy = strategies::make_contained(definition, slot.parameters);
  if (strategy) {
    warm.strategy.emplace(std::move(strategy).value());
  } else {
    warm.error = strategy.error().message;
  }
  return warm;
}

void fail(WarmStrategy& warm, const result::Error& why) {
  const time::Timestamp from = warm.warmed_from;
  warm = {};
  warm.warmed_from = from;
  warm.error = why.message;
}

void show_each(WarmStrategy& warm, const strategies::StrategyDefinition& definition,
               market::CandleView candles, double cash) {
  for (std::size_t i = 0; i < candles.size(); ++i) {
    auto shown = paper::show_past(definition, *warm.strategy, candles[i],
                                  static_cast<std::size_t>(warm.candles), cash);
    if (!shown) {
      fail(warm, shown.error());
      return;
    }
    ++warm.candles;
    warm.last_candle = candles.open_time[i];
  }
}

/// Shows it the candles that follow.
void go_on(WarmStrategy& warm, const strategies::StrategyDefinition& definition,
           market::CandleView candles, double cash) {
  if (definition.uses_orders) {
    show_each(warm, definition, candles, cash);
    return;
  }
  std::vector<strategies::IndexedSignal> ignored;
  for (std::size_t done = 0; done < candles.size();) {
    const std::size_t count = std::min(warm.strategy->block_size(), candles.size() - done);
    auto scanned =
        strategies::scan_contained(definition, *warm.strategy, candles, done, count, ignored);
    if (!scanned) {
      fail(warm, scanned.error());
      return;
    }
    done += count;
    ignored.clear();
  }
  warm.candles += candles.size();
  if (!candles.empty()) warm.last_candle = candles.open_time.back();
}

}  // namespace

std::vector<SlotWarmUp> warm_ups(const paper::LivePlan& plan) {
  std::vector<SlotWarmUp> all;
  for (const paper::LiveSlot& slot : plan.slots) {
    all.push_back({plan.symbols[slot.instrument],
                   slot.timeframe,
                   slot.strategy,
                   slot.parameters,
                   {},
                   {},
                   false,
                   plan.account.cash});
  }
  return all;
}

std::vector<SlotWarmUp> warm_ups(const paper::LivePlan& plan,
                                 const std::vector<ports::SlotSnapshot>& snapshots) {
  std::vector<SlotWarmUp> all = warm_ups(plan);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].from = plan.slots[i].warmed_from;
    const auto definition = strategies::find_strategy(plan.slots[i].strategy);
    all[i].is_kept = definition && (*definition)->uses_orders;
  }
  for (const auto& [slot, bytes] : snapshots) {
    if (slot < all.size()) all[slot].snapshot = bytes;
  }
  return all;
}

Result<market::CandleSeries> stored_minutes(ports::CandleStore& candles,
                                            const market::Symbol& symbol, time::TimeRange range) {
  if (range.begin >= range.end) return market::CandleSeries{};
  auto series = candles.load(symbol, market::Timeframe::minute(), range);
  if (series) return series;
  const ErrorCode code = series.error().code;
  if (code == ErrorCode::not_found || code == ErrorCode::unknown_symbol) {
    return market::CandleSeries{};
  }
  return series;
}

Result<std::vector<WarmStrategy>> warm_up(ports::CandleStore& candles, market::DayBoundary boundary,
                                          const std::vector<SlotWarmUp>& slots,
                                          time::Timestamp up_to) {
  // A symbol's minutes are read once, from the earliest that any of its slots wants.
  std::map<market::Symbol, std::vector<std::size_t>> by_symbol;
  std::vector<const strategies::StrategyDefinition*> definitions;
  std::vector<time::Timestamp> begins;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto definition = strategies::find_strategy(slots[i].strategy);
    if (!definition) return std::move(definition).error();
    definitions.push_back(*definition);
    begins.push_back(begin_of(slots[i], **definition, boundary, up_to));
    by_symbol[slots[i].symbol].push_back(i);
  }
  std::vector<WarmStrategy> all;
  const time::Timestamp end = up_to + minute_length;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const WarmStrategy& warm = all.emplace_back(begun(slots[i], *definitions[i], begins[i], up_to));
    if (warm.candles > 0) begins[i] = warm.last_candle + slots[i].timeframe.length();
    if (!warm.strategy) begins[i] = end;
  }
  for (const auto& [symbol, places] : by_symbol) {
    time::Timestamp begin = end;
    for (const std::size_t i : places) begin = std::min(begin, begins[i]);
    auto minutes = stored_minutes(candles, symbol, {begin, end});
    if (!minutes) return std::move(minutes).error();
    std::map<market::Timeframe, market::CandleSeries> longer;
    for (const std::size_t i : places) {
      const market::Timeframe timeframe = slots[i].timeframe;
      auto known = longer.find(timeframe);
      if (known == longer.end()) {
        known = longer
                    .emplace(timeframe,
                             timeframe == market::Timeframe::minute()
                                 ? *minutes
                                 : market::resample(minutes->view(), timeframe, boundary, end))
                    .first;
      }
      const market::CandleView view = known->second.view();
      const auto first = std::ranges::lower_bound(view.open_time, begins[i]);
      const auto skipped = static_cast<std::size_t>(first - view.open_time.begin());
      if (all[i].strategy) {
        go_on(all[i], *definitions[i], view.slice(skipped, view.size() - skipped), slots[i].cash);
      }
    }
  }
  return all;
}

}  // namespace hts::actors
