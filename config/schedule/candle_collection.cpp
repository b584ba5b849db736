#include "config/schedule/candle_collection.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/market/candle_grid.hpp"

namespace hts::config {
namespace {

using result::ErrorCode;
using result::Result;

/// Candles in one question: a day of minutes.
constexpr int candles_a_piece = 1'440;

/// What is there of the range; empty when nothing is.
Result<market::CandleSeries> present(ports::CandleStore& candles, const market::Symbol& symbol,
                                     market::Timeframe timeframe, time::TimeRange range,
                                     const std::atomic<bool>& cancelled) {
  auto series = candles.load(symbol, timeframe, range, &cancelled);
  if (series) return series;
  const ErrorCode code = series.error().code;
  if (code != ErrorCode::not_found && code != ErrorCode::unknown_symbol) return series;
  return market::CandleSeries{};
}

void note_last(CollectionReport& report, market::CandleView candles) {
  if (candles.empty()) return;
  report.last = std::max(report.last.value_or(candles.open_time.back()), candles.open_time.back());
}

}  // namespace

Result<CollectionReport> collect_candles(const CollectionPorts& ports, const market::Symbol& symbol,
                                         market::Timeframe timeframe, time::TimeRange range,
                                         const std::atomic<bool>& cancelled) {
  CollectionReport report;
  const time::Duration piece = timeframe.length() * candles_a_piece;
  for (time::Timestamp begin = market::candle_open_at(range.begin, timeframe); begin < range.end;
       begin += piece) {
    if (cancelled) {
      return result::make_error(ErrorCode::cancelled,
                                "It was stopped; what came until then is kept.");
    }
    const time::TimeRange part{begin, std::min(begin + piece, range.end)};
    const auto there = present(ports.candles, symbol, timeframe, part, cancelled);
    if (!there) return there.error();
    const market::CandleView known = there->view();
    note_last(report, known);
    if (std::cmp_equal(known.size(), candles_a_piece)) continue;
    const auto came = ports.history.candles(symbol, timeframe, part);
    if (!came) return came.error();
    const market::CandleView candles = came->view();
    report.received += candles.size();
    auto added = std::make_shared<market::CandleSeries>();
    for (std::size_t i = 0; i < candles.size(); ++i) {
      if (std::ranges::binary_search(known.open_time, candles.open_time[i])) continue;
      added->push_back({candles.open_time[i], candles.open[i], candles.high[i], candles.low[i],
                        candles.close[i], candles.volume[i]});
    }
    if (added->view().empty()) continue;
    note_last(report, added->view());
    const auto stored = ports.store({symbol, timeframe, added});
    if (!stored) return stored.error();
    report.added += stored->added;
  }
  return report;
}

}  // namespace hts::config
